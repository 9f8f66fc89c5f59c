import { writings } from "../faults/secrets.ts";

/** Secrets of the accounts, as their nodes have them; with characters that URLs, forms and JSON write in another way. */
export const ACCOUNT_CANARIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  connectus: { accountId: "canary-account-84f7/1863+b7f6", apiKey: 'canary&Key=16c3 29a2/33a0"47ef%25' },
  smshosting: { authKey: "CANARYKEY+0000/0001", authSecret: "Canary?Secret=00~11\\22'33&44" },
  conectaline: {
    apiToken: "canary.token-5521/ab+cd=~9944",
    email: "canary.owner+sms@example.com",
    password: 'C4n4ry pässwörd "&=%41"',
  },
};

/** What a login gives for them. */
export const TOKEN_CANARY = "canary.session.eyJhbGciOiJIUzI1NiJ9-7731";

export const WEBHOOK_CANARIES = {
  secret: "Canary-webhook-secret-VKx9pQ2mT7",
  previousSecret: "Canary-former-secret-Lw3nB8rY5",
};

/** Of a database that nobody answers for. */
export const DATABASE_CANARIES = {
  connectionString: "postgres://canary-owner:Canary-db-pass%2Fword-31@127.0.0.1:1/canary-database",
};

/** Words of a message: as a whole, and its parts that nobody else would write. */
export const TEXT_CANARY = 'Quillwort tank-7731 is 93% full: "Ñandubay & Sons" <now>';
const TEXT_PARTS = [TEXT_CANARY, "Quillwort tank", "Ñandubay & Sons"];

/** Whole numbers, with their country. */
export const NUMBER_CANARIES = ["+56961847302", "+393478150926", "+34612907458"];

export const EMAIL_CANARY = "canary.person.7731@example.org";

/** What only the credentials file may hold. */
export const SECRETS: readonly string[] = [
  ...Object.values(ACCOUNT_CANARIES).flatMap((credentials) => Object.values(credentials)),
  TOKEN_CANARY,
  ...Object.values(WEBHOOK_CANARIES),
  ...Object.values(DATABASE_CANARIES),
  "Canary-db-pass/word-31",
];

/** What a flow's messages hold, and nothing but them, what becomes of them, and an outbox. Numbers without their country. */
export const CONTENTS: readonly string[] = [
  ...TEXT_PARTS,
  EMAIL_CANARY,
  ...NUMBER_CANARIES.map((number) => number.replace(/^\+(56|39|34)/, "")),
];

/** Those that occur in a text, in whatever writing, with what stands around them. */
export function traces(shown: string, canaries: readonly string[]): string[] {
  return canaries.flatMap((canary) =>
    [...writings(canary).map((writing) => shown.indexOf(writing)), inGroups(canary, shown)]
      .filter((at) => at >= 0)
      .map((at) => `${canary}: …${shown.slice(Math.max(0, at - 200), at + 80)}…`),
  );
}

/** A number may be written in groups, too. */
function inGroups(canary: string, shown: string): number {
  return /^\d+$/.test(canary) ? shown.search(new RegExp([...canary].join("[\\s().-]{0,3}"))) : -1;
}
