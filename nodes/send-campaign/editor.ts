import { dripFaults, type DripFault, type DripFields } from "../../src/drip.ts";
import { isBlank } from "../../src/list.ts";
import { addExtra } from "../kit/editor/extras.ts";
import type { EditorNode, Translate } from "../kit/editor/red.ts";
import { currentValue, isVariable } from "../kit/editor/values.ts";

const FIELDS = ["messagesPerBlock", "minutesPerBlock", "days", "timeIntervals"] as const;

addExtra("send-campaign", {
  problems: Object.fromEntries(
    FIELDS.map((name) => [
      name,
      (node, t) => {
        const fault = dripFaults(literals(node)).find(({ field }) => field === name);
        return fault && wordsFor(fault, t);
      },
    ]),
  ),
});

/** What the fields hold that is known before a message comes. */
function literals(node: EditorNode): DripFields {
  const known = Object.fromEntries(FIELDS.map((name) => [name, literal(node, name)]));
  if (![known.messagesPerBlock, known.minutesPerBlock].includes(UNKNOWN)) return without(known);
  // With one number from the message nobody knows whether there are blocks: nothing is said of what they need.
  const { messagesPerBlock, minutesPerBlock } = known;
  const filled = (value: unknown) => (value === UNKNOWN || isBlank(value) ? 1 : value);
  return without({
    ...known,
    messagesPerBlock: filled(messagesPerBlock),
    minutesPerBlock: filled(minutesPerBlock),
  });
}

/** In place of what only the message tells. */
const UNKNOWN = Symbol("unknown");

function without(known: Record<string, unknown>): DripFields {
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== UNKNOWN));
}

function literal(node: EditorNode, name: string): unknown {
  const value = currentValue("node-input", node, name) ?? "";
  const type = currentValue("node-input", node, `${name}Type`) ?? (name.endsWith("Block") ? "num" : "str");
  const text = typeof value === "string" ? value.trim() : value;
  if (isVariable(text)) return UNKNOWN;
  if (type === "str" || text === "") return text;
  if (type === "num") return Number(text);
  return type === "json" ? parsed(String(text)) : UNKNOWN;
}

/** That it is no JSON is said of every field. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return UNKNOWN;
  }
}

function wordsFor(fault: DripFault, t: Translate): string {
  switch (fault.kind) {
    case "count":
      return t("problem.count");
    case "lacking":
      return t("problem.lacking", { field: labelOf(fault.filled, t) });
    case "alone":
      return t("problem.alone");
    case "day":
      return t("problem.day", { given: shown(fault.value) });
    case "twice":
      return t("problem.twice", { day: fault.day });
    case "interval":
      return t("problem.interval", { given: shown(fault.value) });
    case "backwards":
      return t("problem.backwards", { given: fault.interval });
    case "overlap":
      return t("problem.overlap", { one: fault.one, other: fault.other });
  }
}

function labelOf(field: "messagesPerBlock" | "minutesPerBlock", t: Translate): string {
  return field === "messagesPerBlock" ? t("field.messagesPerBlock") : t("field.minutesPerBlock");
}

function shown(value: unknown): string {
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, 40);
}
