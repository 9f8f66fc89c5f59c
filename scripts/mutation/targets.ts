/** What is mutated, with the tests that must notice. */
export interface Target {
  readonly name: string;
  /** Globs of sources. */
  readonly mutate: readonly string[];
  /** Test files that cover them; none of them needs more than a part of a minute. */
  readonly tests: readonly string[];
  /** Percent of the mutants that must be found. */
  readonly least: number;
}

const unit = (...names: string[]) => names.map((name) => `test/unit/${name}.test.ts`);
/** What errors say, in three languages. */
const WORDS = "test/editor/mistakes.test.ts";

const sources = (...names: string[]) => names.map((name) => `src/${name}.ts`);

export const targets: readonly Target[] = [
  { name: "verdict", mutate: sources("verdict*"), tests: unit("verdict", "verdict-words", "status-words"), least: 95 },
  {
    name: "outbox",
    mutate: sources("outbox/moves", "outbox/outcome", "outbox/after-request", "outbox/states", "outbox/backoff"),
    tests: unit("outbox-moves", "outbox-machine", "outbox-outcomes"),
    least: 95,
  },
  { name: "webhook-secret", mutate: sources("webhook/secret"), tests: unit("webhook-secret"), least: 95 },
  {
    name: "webhook",
    mutate: sources("webhook/repeats", "webhook/names", "webhook/fields", "webhook/kept-messages"),
    tests: unit("webhook-repeats", "webhook-fields", "webhook-sent-messages", "webhook-series"),
    least: 85,
  },
  {
    name: "waiting",
    mutate: sources("webhook/flights", "webhook/sent-messages", "sending/signals"),
    tests: unit("webhook-flights", "webhook-sent-messages", "signals"),
    least: 85,
  },
  {
    name: "values",
    mutate: sources(
      "phone",
      "e164",
      "same-number",
      "text",
      "plain-letters",
      "time",
      "template",
      "json",
      "list",
      "prefix",
    ),
    tests: [
      WORDS,
      ...unit("loose-values", "phone", "text", "plain-letters", "time", "template", "webhook-fields", "message"),
    ],
    least: 85,
  },
  {
    name: "messages",
    mutate: sources("message", "bulk", "per-text", "campaign", "cancel", "status", "inbox"),
    tests: [
      WORDS,
      ...unit(
        "message",
        "bulk",
        "campaign",
        "cancel",
        "status",
        "inbox",
        "deliver",
        "smshosting-sms",
        "conectaline-sms",
      ),
    ],
    least: 85,
  },
  {
    name: "wire",
    mutate: sources("redact", "reply", "form", "multipart", "words"),
    tests: unit("redact", "reply", "multipart", "verdict", "verdict-words", "status-words", "echoes"),
    least: 85,
  },
  {
    name: "sending",
    mutate: sources("sending/retry", "sending/breaker", "sending/pace", "sending/members"),
    tests: unit("retry", "breaker", "pace", "route-choice"),
    least: 85,
  },
  { name: "lists", mutate: sources("queue", "oldest-first"), tests: unit("queue", "oldest-first"), least: 95 },
];
