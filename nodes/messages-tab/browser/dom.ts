type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** An element with its attributes and children. Texts become texts, whatever they hold: a message can hold anything. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string | undefined)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

export function button(
  attributes: Attributes,
  press: () => void,
  ...children: readonly (Node | string | undefined)[]
): HTMLButtonElement {
  const element = h("button", { type: "button", ...attributes }, ...children);
  element.addEventListener("click", press);
  return element;
}

/** Puts new children into a place; who uses the keyboard stays on the element with the same `data-key`. */
export function fill(place: HTMLElement, ...children: readonly (Node | string | undefined)[]): void {
  const focused = place.contains(document.activeElement) ? document.activeElement?.getAttribute("data-key") : null;
  place.replaceChildren(...children.filter((child) => child !== undefined));
  if (focused) place.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}
