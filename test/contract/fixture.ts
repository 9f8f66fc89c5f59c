import { globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { ImageFile } from "../../src/message.ts";
import type { Operations, Provider, Session } from "../../src/provider.ts";

/** What a provider's `fixtures/account.json` holds. */
export interface FixtureAccount {
  credentials: Record<string, string>;
  options?: Record<string, string>;
  /** Headers that every request must carry, names in lower case. */
  headers: Record<string, string>;
}

/** One exchange on the wire: what must be sent, and what the provider answers. */
export interface Exchange {
  request: {
    method: string;
    /** Below the base URL, as it is written on the wire. */
    path: string;
    /** Exactly the parameters that are sent, each in its place. */
    query?: Record<string, string>;
    form?: Record<string, string>;
    /** Texts, and files as `{fileName, contentType, content}`. */
    multipart?: Record<string, unknown>;
    json?: unknown;
  };
  /** A text body is sent as it is, anything else as JSON. */
  reply: { status: number; headers?: Record<string, string>; body: unknown };
}

/** Every other file in `fixtures/`: a call of an operation, its exchanges, and its result or its error. */
export interface Fixture {
  file: string;
  /** A sentence about what the provider does. */
  title: string;
  /** A member of Operations; `lists.groups` for one inside. */
  operation: string;
  /** Settings of the account, beside those of account.json. */
  options?: Record<string, string>;
  /** What follows the session; `{"$date": "…"}` is a Date, `{"$image": "GIF89a…"}` an ImageFile, `{"$bytes": "…"}` a Buffer. */
  arguments: unknown[];
  exchanges: Exchange[];
  /** What the operation gives. Its `raw` is the last reply's body unless it is written here, or it is to have none. */
  result?: Record<string, unknown> | unknown[];
  withoutRaw?: boolean;
  error?: { code: string; outcome: string; says?: string };
}

const PROVIDERS = resolve(import.meta.dirname, "..", "..", "src", "providers");

export function readAccount(provider: Provider): FixtureAccount {
  return JSON.parse(readFileSync(join(PROVIDERS, provider.name, "fixtures", "account.json"), "utf8")) as FixtureAccount;
}

export function readFixtures(provider: Provider): Fixture[] {
  const folder = join(PROVIDERS, provider.name, "fixtures");
  return globSync("*.json", { cwd: folder })
    .filter((name) => name !== "account.json")
    .sort()
    .map((name) => ({
      ...(JSON.parse(readFileSync(join(folder, name), "utf8"), revive) as Omit<Fixture, "file">),
      file: basename(name, ".json"),
    }));
}

function revive(_key: string, value: unknown): unknown {
  const { $date: date, $bytes: bytes, $image: image } = (value ?? {}) as Record<string, unknown>;
  if (typeof date === "string") return new Date(date);
  if (typeof bytes === "string") return Buffer.from(bytes);
  return typeof image === "string" ? gif(Buffer.from(image)) : value;
}

function gif(bytes: Buffer): ImageFile {
  return { fileName: "image.gif", contentType: "image/gif", size: bytes.length, open: () => bytes };
}

/** What the fixture's operation must give. */
export function expected({ result, withoutRaw, exchanges }: Fixture): unknown {
  return Array.isArray(result) || withoutRaw ? result : { raw: exchanges.at(-1)?.reply.body, ...result };
}

type Run = (session: Session, ...rest: unknown[]) => Promise<Record<string, unknown>>;

/** Runs the operation of a fixture: its function itself, or the `send` or `check` of an operation with facts beside it. */
export function run(provider: Provider, fixture: Fixture, session: Session): Promise<Record<string, unknown>> {
  const operation = fixture.operation
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], provider.operations);
  const { send, check } = (operation ?? {}) as { send?: Run; check?: Run };
  const call = typeof operation === "function" ? (operation as Run) : (send ?? check);
  if (!call) throw new Error(`${provider.name} has no operation ${fixture.operation} (fixture ${fixture.file})`);
  return call(session, ...fixture.arguments);
}

/** The operations that a provider has, as fixtures name them. */
export function operationNames({ lists, ...others }: Operations): string[] {
  return [...Object.keys(others), ...Object.keys(lists ?? {}).map((name) => `lists.${name}`)];
}
