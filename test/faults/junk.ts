import fc from "fast-check";

/** A message as some flow may make it: what its properties are, and how they are there. */
export interface JunkMessage {
  readonly properties: readonly (readonly [name: string | symbol, value: unknown])[];
  /** Names of properties that throw when they are read. */
  readonly traps: readonly string[];
  readonly isFrozen: boolean;
}

/** What a server may answer. */
export interface JunkReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a node of ours looks at. */
const LOOKED_AT = [
  ...[
    "payload",
    "topic",
    "to",
    "from",
    "text",
    "at",
    "groups",
    "reference",
    "account",
    "cancel",
    "priority",
    "context",
  ],
  ...["dedupeKey", "subject", "body", "senderName", "image", "smsText", "smsFrom", "start", "days", "timeIntervals"],
  ...["messagesPerBlock", "minutesPerBlock", "batchSize", "everySeconds", "withinSeconds", "error", "sent"],
];

/** What it leaves alone; Node-RED itself looks at some. */
const LEFT_ALONE = ["req", "res", "constructor", "toString", "toJSON", "then", "_msgid", "_event", "hasOwnProperty"];

/** Fields that adapters read in replies. */
const FIELDS = [
  ...["id_sms", "id_email", "id_delivery", "messages", "emails", "status", "events", "event", "timestamp", "balance"],
  ...["delivery_status", "error", "message", "code", "data", "dlrs", "meta", "pagination", "total_pages", "token"],
  ...["smsList", "metadata", "count", "offset", "limit", "sms", "to", "id", "number", "name", "errorMsg", "credit"],
  ...[
    "smsInserted",
    "pushInserted",
    "smsNotInserted",
    "sender",
    "senderAlias",
    "url",
    "cost",
    "userCredit",
    "currency",
  ],
  ...["message_id", "text", "from", "receiveDate", "transactionId", "__proto__", "constructor", "toString"],
];

const everything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

const plausible = fc.constantFrom<unknown>(
  ...[
    "+56990324203",
    "990324203",
    "39 347 1234567, 600123123",
    56990324203,
    "ana@example.com",
    "Agua baja ñ €",
    "high",
  ],
  ...[["+56990324203", "600123123"], [{ to: "990324203", text: "{{name}}", name: "Ana" }], "{{#a}}{{/b}}", [12, 34]],
  ...["2031-05-06T07:08:09Z", 1_999_999_999_999, { id: "12" }, { reference: "r" }, { from: "2026-01-01" }, "1,2", true],
);

/** Values that would break whoever copies, prints or compares them. Made late, as fast-check itself does all three. */
class Hostile {
  readonly kind: keyof typeof HOSTILE;

  constructor(kind: keyof typeof HOSTILE) {
    this.kind = kind;
  }
}

const HOSTILE = {
  cycle: () => {
    const cycle: Record<string, unknown> = {};
    return Object.assign(cycle, { self: cycle, list: [cycle] });
  },
  proxy: () => new Proxy({}, { get: sprung, has: sprung, ownKeys: sprung, getPrototypeOf: sprung }),
  revoked: () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  symbols: () => ({ [Symbol("odd")]: 1, [Symbol.toPrimitive]: sprung, [Symbol.iterator]: sprung }),
  buffer: () => Buffer.from([0xff, 0xd8, 0, 1]),
  long: () => "x".repeat(1_200_000),
  many: () => Array.from({ length: 2000 }, (_, index) => `+5699${1_000_000 + index}`),
  deep: () => Array.from({ length: 3000 }).reduce<unknown>((inner) => [inner], "bottom"),
  thenable: () => ({ then: sprung }),
  stubborn: () => ({ toString: sprung, valueOf: sprung, toJSON: sprung }),
  function: () => () => "a function",
};

const hostile = fc.constantFrom(...(Object.keys(HOSTILE) as Hostile["kind"][])).map((kind) => new Hostile(kind));

const value = fc.oneof(
  { weight: 6, arbitrary: plausible },
  { weight: 4, arbitrary: everything },
  { weight: 2, arbitrary: hostile },
);

export const junkMessage: fc.Arbitrary<JunkMessage> = fc.record({
  properties: fc.array(
    fc.tuple(
      fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom(...LOOKED_AT, ...LEFT_ALONE) },
        { weight: 1, arbitrary: fc.constantFrom(Symbol("odd"), Symbol.iterator, Symbol.toPrimitive) },
      ),
      value,
    ),
    { maxLength: 10 },
  ),
  traps: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.subarray(LOOKED_AT, { minLength: 1, maxLength: 2 }) },
  ),
  isFrozen: fc.oneof({ weight: 19, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

const { shaped } = fc.letrec((tie) => ({
  shaped: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constantFrom(null, "", "0", [], {}, "DELIVERED")),
    fc.dictionary(fc.constantFrom(...FIELDS), tie("shaped"), { maxKeys: 6 }),
    fc.array(tie("shaped"), { maxLength: 3 }),
  ),
}));

/** Not those that ask to come back later or end before they are whole: the table of faults has them. */
export const junkReply: fc.Arbitrary<JunkReply> = fc.record({
  status: fc.oneof(
    { weight: 4, arbitrary: fc.constant(200) },
    { weight: 1, arbitrary: fc.constantFrom(201, 204, 226, 301, 302, 400, 401, 403, 404, 409, 422, 500, 502) },
  ),
  headers: fc.oneof(
    { weight: 4, arbitrary: fc.constant({ "content-type": "application/json" }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Record<string, string>>(
        { "content-type": "text/html" },
        { "content-type": "application/json; charset=utf-16le" },
        { "content-type": "image/png" },
        { "content-encoding": "gzip" },
        { "retry-after": "never", date: "yesterday" },
        {},
      ),
    },
  ),
  body: fc.oneof(
    { weight: 6, arbitrary: shaped.map((json) => Buffer.from(JSON.stringify(json))) },
    { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: fc.constantFrom("", "OK", "[".repeat(3000), "<html>").map((text) => Buffer.from(text)) },
  ),
});

/** A message of its own for each node: nodes write into theirs. */
export function freshMessage({ properties, traps, isFrozen }: JunkMessage): object {
  const message: object = { _msgid: "junk" };
  for (const [name, content] of properties) {
    const value = content instanceof Hostile ? HOSTILE[content.kind]() : content;
    Object.defineProperty(message, name, { ...OPEN, value });
  }
  for (const name of traps) Object.defineProperty(message, name, { ...OPEN_TRAP, get: sprung });
  return isFrozen ? Object.freeze(message) : message;
}

/** Whether something in it throws when it is looked at. */
export function isTrapped({ properties, traps }: JunkMessage): boolean {
  const throws: readonly string[] = ["proxy", "revoked", "symbols", "stubborn"];
  return traps.length > 0 || properties.some(([, value]) => value instanceof Hostile && throws.includes(value.kind));
}

const OPEN = { configurable: true, enumerable: true, writable: true };
const OPEN_TRAP = { configurable: true, enumerable: true };

function sprung(): never {
  throw new Error("A getter that throws");
}
