import type { RecipientReading } from "../readings.ts";
import type { Aid, LiveField } from "./live-field.ts";
import type { Problem } from "./problems.ts";
import { Asker, knownReading, type Asked } from "./questions.ts";

/** More than these are not listed. */
const SHOWN = 5;

/** To whom a literal goes, as the runtime reads it with the account's country. */
export function recipientsAid(field: LiveField, control: JQuery): Aid {
  const element = $('<div role="status">');
  const asker = new Asker(() => void control.trigger("change"));
  return {
    element,
    refresh(value) {
      const question = value.trim() === "" ? undefined : questionOf(field, value);
      if (question) asker.ask(question);
      const text = question ? line(field, recipientsOf(question)) : "";
      if (element.text() !== text) element.text(text);
    },
  };
}

export function recipientsProblem(field: LiveField, value: string): Problem {
  const { t } = field;
  const wrong = recipientsOf(questionOf(field, value)).find((recipient) => "fault" in recipient);
  if (!wrong) return undefined;
  const country = field.account()?.country;
  const given = wrong.given.slice(0, 60);
  switch (wrong.fault) {
    case "too-short":
      return t("problem.tooShort", { given });
    case "too-long":
      return t("problem.tooLong", { given });
    case "no-number":
      return t("problem.noNumber", { given });
    case "no-address":
      return t("problem.noAddress", { given });
    case "impossible":
      return t("problem.impossible", { given });
    case "unknown-country":
      // Which country it is, is known only when the message comes.
      return country === undefined ? undefined : t("problem.unknownCountry", { country });
  }
}

function line({ t, kind }: LiveField, recipients: readonly RecipientReading[]): string {
  // An address is sent as it stands.
  const good = kind === "addresses" ? [] : recipients.flatMap((recipient) => ("to" in recipient ? recipient.to : []));
  const needsCountry = recipients.some((one) => "fault" in one && one.fault === "unknown-country");
  const shown = good.slice(0, SHOWN).join(", ") + (good.length > SHOWN ? " …" : "");
  const goesTo =
    good.length > 1 ? t("live.goesToAll", { count: good.length, numbers: shown }) : t("live.goesTo", { number: shown });
  return [...(good.length > 0 ? [goesTo] : []), ...(needsCountry ? [t("live.needsCountry")] : [])].join(" ");
}

function recipientsOf(question: Asked): readonly RecipientReading[] {
  return knownReading(question)?.recipients ?? [];
}

function questionOf(field: LiveField, value: string): Asked {
  if (field.kind === "addresses") return { kind: "addresses", value };
  const { id = "", country = "" } = field.account() ?? {};
  return { kind: "numbers", value, country, account: id };
}
