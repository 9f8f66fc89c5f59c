import { baseUrlFault, type BaseUrlFault } from "../base-url.ts";
import { isCountry } from "../country.ts";
import { invalid, type ErrorCode, type Part, type Phrase } from "../error.ts";
import type { Provider } from "../provider.ts";
import { isTimeZone } from "../time-zone.ts";

/** Where delivery reports of an account are received. */
export interface ReportAddress {
  /** Complete; whoever knows it can forge reports. */
  readonly url: string;
  /** What of it must not be seen. */
  readonly secret: string;
}

/** An account as its config node has it. Numbers may be text, as they come from an environment variable. */
export interface AccountSettings {
  readonly name: string;
  /** That of its config node. */
  readonly id?: string;
  /** Empty: the provider's own. */
  readonly baseUrl?: string;
  /** ISO 3166, two letters, of numbers written without a country. */
  readonly country?: string;
  /** IANA name, of times written without an offset. */
  readonly timeZone?: string;
  /** Requests on their way at a time, 1 to 1000; 10 when absent. */
  readonly concurrency?: number | string;
  /** Requests begun in a second, up to 10,000, fractions allowed; 0 or absent: no limit. */
  readonly ratePerSecond?: number | string;
  readonly mode?: "live" | "sandbox" | "off";
  /** The provider's own settings. */
  readonly options?: Readonly<Record<string, string>>;
  /** Asked anew for each send. */
  readonly reportAddress?: () => ReportAddress | undefined;
}

export type CheckedSettings = Omit<Required<AccountSettings>, "concurrency" | "ratePerSecond"> & {
  readonly concurrency: number;
  readonly ratePerSecond: number;
};

const MODES: readonly string[] = ["live", "sandbox", "off"];

/** The URL itself stays unsaid: it may hold what it should not. */
const URL_FAULTS: Readonly<Record<BaseUrlFault, string>> = {
  badUrl: "is no URL; write one such as https://api.example.com/v1",
  urlNotHttps: "does not begin with https://",
  urlWithUser: "holds a user or password; they belong in the account's own fields",
  urlWithQuery: "has a query or fragment; leave off everything from ? or #",
  urlPlainHttp: "begins with http://, so that others could read the credentials; write https://",
};

/**
 * Fills in the provider's defaults. Throws MISSING_ACCOUNT for a setting that cannot be used and BAD_CREDENTIALS for a
 * missing credential; only a live account needs any.
 */
export function checkedSettings(
  provider: Provider,
  settings: AccountSettings,
  credentials: Readonly<Record<string, string>>,
): CheckedSettings {
  const checked = {
    name: settings.name.trim() || provider.label,
    id: settings.id ?? `${provider.name} ${settings.name.trim()}`,
    mode: settings.mode || "live",
    country: (settings.country || provider.country).trim().toUpperCase(),
    timeZone: (settings.timeZone || provider.timeZone).trim(),
    baseUrl: (settings.baseUrl || provider.baseUrl).trim().replace(/\/+$/, ""),
    concurrency: numeric(settings.concurrency, 10),
    ratePerSecond: numeric(settings.ratePerSecond, 0),
    options: settings.options ?? {},
    reportAddress: settings.reportAddress ?? (() => undefined),
  };
  const { name: account } = checked;
  const refuse = (what: string, code: ErrorCode, phrase?: Phrase) =>
    invalid(`The account "${account}" has ${what}. Open it, correct that and deploy.`, code, phrase).with({
      provider: provider.name,
      account,
    });
  const fault = faultOf(checked, provider);
  if (fault) {
    throw refuse(fault.text, "MISSING_ACCOUNT", { kind: "accountHas", values: { account, what: fault.phrase } });
  }
  const missing = provider.requiredCredentials(checked.options).filter((key) => !credentials[key]?.trim());
  if (checked.mode === "live" && missing.length > 0) {
    const what = missing.map((key) => `no "${key}"`).join(" and ");
    const [field = "", ...others] = missing;
    const lacks = { kind: "accountHas", values: { account, what: { kind: "noCredential", values: { field } } } };
    throw refuse(what, "BAD_CREDENTIALS", others.length === 0 ? lacks : undefined);
  }
  return checked;
}

function faultOf(checked: CheckedSettings, provider: Provider): Part | undefined {
  const { mode, country, timeZone, baseUrl, concurrency, ratePerSecond } = checked;
  // A misspelt mode must never send for real.
  if (!MODES.includes(mode)) {
    const modes = MODES.join(", ");
    return part(`an unknown mode; it can be ${modes}`, "badMode", { modes });
  }
  if (!isCountry(country)) {
    const example = provider.country;
    return part(`an unknown country; give a two-letter code such as ${example}`, "badCountry", { example });
  }
  if (!isTimeZone(timeZone)) {
    const example = provider.timeZone;
    return part(`an unknown time zone; give a name such as ${example}`, "badTimeZone", { example });
  }
  if (!Number.isInteger(concurrency) || !isWithin(concurrency, 1, 1000)) {
    const field = "concurrency";
    return part(`a "${field}" that is not a whole number from 1 to 1000`, "badConcurrency", { field });
  }
  if (!isWithin(ratePerSecond, 0, 10_000)) {
    const field = "ratePerSecond";
    return part(`a "${field}" that is not a number from 0 (no limit) to 10000`, "badRate", { field });
  }
  const fault = baseUrlFault(baseUrl);
  return fault && part(`a base URL that ${URL_FAULTS[fault]}`, fault);
}

function part(text: string, kind: string, values: Phrase["values"] = {}): Part {
  return { text, phrase: { kind, values } };
}

function numeric(given: number | string | undefined, usual: number): number {
  return given === undefined || given === "" ? usual : Number(given);
}

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
