import type { Provider } from "../../src/provider.ts";
import { providers } from "../../src/providers/index.ts";
import { operationNames, readFixtures } from "../contract/fixture.ts";
import type { Exchange, Fixture } from "../contract/fixture.ts";
import { reply } from "../support/raw-server.ts";

/** One request of an operation of a provider, for a fault to strike. */
export interface Call {
  readonly name: string;
  readonly provider: Provider;
  /** How the operation is called, and what the requests before are answered with. */
  readonly fixture: Fixture;
  readonly struck: Exchange;
  /** The requests that come before it. */
  readonly before: readonly Exchange[];
  /** Whether it changes nothing at the provider, so that asking again does no harm. */
  readonly reads: boolean;
}

/** Every request that any operation of any provider makes, once; those of a login too. */
export const CALLS: readonly Call[] = providers.flatMap(callsOf);

/**
 * The operations of a provider's object that no call stands for. An operation has a fixture (the suite of the documents
 * sees to that); one whose fixtures hold no exchange makes no request, such as reading a webhook.
 */
export function uncovered(provider: Provider): string[] {
  const covered = new Set(CALLS.flatMap((call) => (call.provider === provider ? call.fixture.operation : [])));
  const silent = new Set(
    readFixtures(provider).flatMap(({ operation, exchanges }) => (exchanges.length === 0 ? operation : [])),
  );
  return operationNames(provider.operations).filter((name) => !covered.has(name) && !silent.has(name));
}

/** What a request that comes before the struck one is answered with. `target`: path and query below the base URL. */
export function spared({ before }: Call, method: string, target: string): Buffer | undefined {
  const exchange = before.find(({ request }) => method === request.method && target === targetOf(request));
  if (!exchange) return undefined;
  const { status, body } = exchange.reply;
  return reply(status, typeof body === "string" ? body : JSON.stringify(body), "content-type: application/json");
}

function callsOf(provider: Provider): Call[] {
  const calls = readFixtures(provider).flatMap((fixture) => (fixture.result ? ofFixture(provider, fixture) : []));
  return [...new Map(calls.map((call) => [call.name, call])).values()];
}

function ofFixture(provider: Provider, fixture: Fixture): Call[] {
  const { operation, exchanges, options } = fixture;
  return exchanges.map((struck, index) => {
    const before = exchanges.slice(0, index);
    const way = [...before, struck].map(({ request: { method, path } }) => `${method} ${path}`).join(", then ");
    const how = options ? ` (${Object.entries(options).flat().join(" ")})` : "";
    return {
      name: `${provider.name}.${operation}${how}: ${way}`,
      provider,
      fixture,
      struck,
      before,
      reads: struck.request.method === "GET" || operation.startsWith("estimate"),
    };
  });
}

function targetOf({ path, query = {} }: Exchange["request"]): string {
  const text = new URLSearchParams(query).toString();
  return text ? `${path}?${text}` : path;
}
