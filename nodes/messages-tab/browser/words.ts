import * as english from "../locales/en-US/messages-tab.json";
import * as spanish from "../locales/es/messages-tab.json";
import * as italian from "../locales/it/messages-tab.json";
import { error as errorEn, mode as modeEn, status as statusEn } from "../../kit/locales/en-US.json";
import { error as errorEs, mode as modeEs, status as statusEs } from "../../kit/locales/es.json";
import { error as errorIt, mode as modeIt, status as statusIt } from "../../kit/locales/it.json";

interface Catalogue {
  readonly [key: string]: string | Catalogue;
}

type Labels = Readonly<Record<string, string>>;

/** Put here by the build: by language and type, the labels of the nodes that send. */
declare const NODE_LABELS: Readonly<Record<string, Labels>>;

/** The same of the providers, by their names. */
declare const PROVIDER_LABELS: Labels;

/** In the script itself: the page has no Node-RED that would load them. */
const catalogues: Readonly<Record<string, Catalogue>> = {
  en: { ...english, error: errorEn, mode: modeEn, status: statusEn },
  es: { ...spanish, error: errorEs, mode: modeEs, status: statusEs },
  it: { ...italian, error: errorIt, mode: modeIt, status: statusIt },
};

/** The language of the editor: the one chosen there, or else the browser's. */
const wanted = localStorage.getItem("editor-language") || navigator.language || "en-US";

const [base = "en"] = wanted.toLowerCase().split("-");

/** One that there are words in. */
const spoken = base in catalogues ? base : "en";

/** For times and numbers: with the country, where there is one. */
export const language = spoken === base ? wanted : "en-US";

/** The text at a dotted key in the viewer's language, with its blanks filled in. */
export function t(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  let found: string | Catalogue | undefined = catalogues[spoken];
  for (const part of key.split(".")) found = typeof found === "object" ? found[part] : undefined;
  const text = typeof found === "string" ? found : key;
  return text.replace(/__(\w+)__/g, (blank, name: string) => String(values[name] ?? blank));
}

/** The name of a node's type, as the palette has it. */
export function nodeLabel(type: string): string {
  return NODE_LABELS[spoken]?.[type] ?? type;
}

/** A provider's name as people know it. */
export function providerLabel(name: string): string {
  return PROVIDER_LABELS[name] ?? name;
}

/** A moment as short as it can be understood: the time of today, the day too of another day, and the year of another year. */
export function when(moment: number): string {
  const date = new Date(moment);
  const now = new Date();
  const isThisYear = date.getFullYear() === now.getFullYear();
  const year = isThisYear ? {} : ({ year: "numeric" } as const);
  const isToday = date.toDateString() === now.toDateString();
  const day = isToday ? {} : ({ day: "numeric", month: "short", ...year } as const);
  return new Intl.DateTimeFormat(language, { ...day, hour: "2-digit", minute: "2-digit" }).format(date);
}
