/** Suggests every country by its code, named in the viewer's language; any text can be typed still. */
export function offerCountries(control: JQuery): void {
  if (typeof Intl.DisplayNames !== "function") return;
  const names = new Intl.DisplayNames([navigator.language], { type: "region", fallback: "none" });
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  // Codes that the standard keeps for private use and groups of countries have names too.
  const noCountry = /^(A[A]|Q[M-Z]|X[A-Z]|ZZ|EU|EZ|UN)$/;
  const codes = letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !noCountry.test(code));
  offer(
    control,
    codes.map((code) => ({ value: code, text: names.of(code) })).filter(({ text }) => text !== undefined),
  );
}

/** Suggests the time zones that the browser knows. */
export function offerTimeZones(control: JQuery): void {
  const zones = "supportedValuesOf" in Intl ? Intl.supportedValuesOf("timeZone") : [];
  offer(
    control,
    zones.map((value) => ({ value, text: undefined })),
  );
}

function offer(control: JQuery, options: { value: string; text: string | undefined }[]): void {
  const id = `${String(control.attr("id"))}-list`;
  const list = $("<datalist>").attr("id", id);
  for (const { value, text } of options)
    list.append(
      $("<option>")
        .val(value)
        .text(text ?? ""),
    );
  control.attr("list", id).after(list);
}
