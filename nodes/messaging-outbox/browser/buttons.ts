/** A button of the panel. `key`: what it is known by when it is made anew. */
export function button(text: string, key: string, press: () => void): JQuery {
  return $('<button type="button" class="red-ui-button red-ui-button-small">')
    .attr("data-key", key)
    .text(text)
    .on("click", press);
}

/** Who uses the keyboard stays on the button, although it is made anew. */
export function keepingFocus(place: JQuery, work: () => void): void {
  const key = place.find(":focus").attr("data-key");
  work();
  if (key !== undefined) place.find(`[data-key="${CSS.escape(key)}"]`).trigger("focus");
}
