import type { TimeReading } from "../readings.ts";
import type { Aid, LiveField } from "./live-field.ts";
import type { Problem } from "./problems.ts";
import { Asker, knownReading, type Asked } from "./questions.ts";
import type { Translate } from "./red.ts";
import { typeInto } from "./typed-control.ts";

/** A wall clock's time, as a picker writes it. */
const WALL = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?$/;

/** A picker that shows the clock of the account's zone, and which moment a literal time is. */
export function timeAid(field: LiveField, control: JQuery): Aid {
  const { t } = field;
  const picker = $('<input type="datetime-local" max="9999-12-31T23:59">');
  const line = $('<div role="status">');
  const asker = new Asker(() => void control.trigger("change"));
  picker.on("input change", (event) => {
    // The form hears of it by the control.
    event.stopPropagation();
    if (event.type === "input") typeInto(control, String(picker.val()), { keepsFocus: true });
  });
  return {
    element: $("<div>").append(picker, line),
    refresh(value, type) {
      const { timeZone } = field.account() ?? {};
      const zone = zoneName(timeZone, t);
      picker
        .attr("aria-label", zone === undefined ? t("live.pick") : t("live.pickIn", { zone }))
        .toggle(type === "str");
      const question = value.trim() === "" ? undefined : questionOf(field, value, type);
      if (question) asker.ask(question);
      const reading = question && knownReading(question)?.time;
      if (!picker.is(":focus")) picker.val(wallTime(value, reading));
      const text = question ? momentLine(field, reading) : isWall(value) ? t("live.zoneLater") : "";
      if (line.text() !== text) line.text(text);
    },
  };
}

export function timeProblem(field: LiveField, value: string, type: string): Problem {
  const question = questionOf(field, value, type);
  const reading = question && knownReading(question)?.time;
  // What is wrong with an account's zone is said in the account.
  const isReadable = reading?.at !== undefined || zoneName(reading?.timeZone, field.t) === undefined;
  return isReadable ? undefined : field.t("problem.time");
}

/** undefined where the zone that decides is known only when the message comes. */
function questionOf(field: LiveField, value: string, type: string): Asked | undefined {
  const account = field.account();
  const given = type === "num" && Number.isFinite(Number(value)) ? Number(value) : value;
  if (!account) return isWall(value) ? undefined : { kind: "time", value: given, timeZone: "UTC" };
  return { kind: "time", value: given, timeZone: account.timeZone, account: account.id };
}

function isWall(value: string): boolean {
  return WALL.test(value.trim());
}

function wallTime(value: string, reading: TimeReading | undefined): string {
  const [, day, time] = WALL.exec(value.trim()) ?? [];
  if (day !== undefined) return `${day}T${time}`;
  if (reading?.at === undefined) return "";
  // Sweden writes dates as ISO 8601 does.
  const format = { timeZone: reading.timeZone, dateStyle: "short", timeStyle: "short" } as const;
  return new Date(reading.at).toLocaleString("sv-SE", format).replace(" ", "T");
}

/** The moment by the clock of the account's zone, and by the viewer's where that is another one. */
function momentLine(field: LiveField, reading: TimeReading | undefined): string {
  const { t } = field;
  if (reading?.at === undefined) return "";
  const at = new Date(reading.at);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = zoneName(reading.timeZone, t) ?? "UTC";
  const there = show(field, at, reading.timeZone, { dateStyle: "full", timeStyle: "short" });
  const own = show(field, at, here, { dateStyle: "medium", timeStyle: "short" });
  const isSame = own === show(field, at, reading.timeZone, { dateStyle: "medium", timeStyle: "short" });
  return [
    t("live.moment", { time: there, zone }),
    isSame ? "" : t("live.momentHere", { time: own }),
    at.getTime() < Date.now() ? t("live.past") : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** In the language of the sentence around it, as the viewer's country writes it. */
function show({ t }: LiveField, at: Date, timeZone: string, style: Intl.DateTimeFormatOptions): string {
  const language = t("live.language");
  const own = navigator.languages.find((one) => one.startsWith(language));
  return new Intl.DateTimeFormat(own ?? language, { ...style, timeZone }).format(at);
}

/** `America/Argentina/Buenos_Aires` as people say it in their language; undefined for what the browser does not know. */
function zoneName(timeZone: string | undefined, t: Translate): string | undefined {
  try {
    if (timeZone === undefined) return undefined;
    new Intl.DateTimeFormat("en", { timeZone });
    const city = timeZone.split("/").at(-1) ?? timeZone;
    const key = `live.city.${city}`;
    const name = t(key);
    return name === key || name === "" ? city.replaceAll("_", " ") : name;
  } catch {
    return undefined;
  }
}
