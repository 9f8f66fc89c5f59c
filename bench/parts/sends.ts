import type { Load, Run } from "../processes/closed-loop.ts";
import type { Kind } from "../processes/messages.ts";
import { Forked } from "../support/forked.ts";
import { ACCOUNT_CREDENTIALS, accountAt, lineOf, MeasuredNodeRed } from "../support/measured-node-red.ts";
import { definePart, inRounds, warmUp } from "../support/part.ts";
import { installTwilio } from "../support/twilio-package.ts";

/** Messages on their way, of each candidate; the concurrency of our account, too. */
export const IN_FLIGHT = 50;

interface Candidate {
  drive(load: Load): Promise<Run>;
  stop(): Promise<void>;
}

interface Rate {
  readonly perSecond: number;
  /** Microseconds of processor for each message. */
  readonly cpu: number;
}

const NONE: Rate = { perSecond: NaN, cpu: NaN };

/** One message after the other, to a provider that answers at once. */
export const sends = definePart({
  name: "sends",
  rows: {
    perSecond: { what: "send sms, messages a second", unit: "" },
    toRequest: { what: "… against core http request", unit: "×", digits: 2, promise: { least: 4 } },
    toKept: { what: "… against the same with its option keep-alive", unit: "×", digits: 2 },
    toUndici: { what: "… against bare undici, without Node-RED", unit: "×", digits: 2, promise: { least: 0.4 } },
    toTwilio: { what: "… against node-red-node-twilio", unit: "×", digits: 1 },
    cpu: { what: "send sms, processor time a message", unit: "µs" },
    cpuAfterBurst: { what: "… where the first messages were a burst", unit: "µs" },
    cpuRequest: { what: "… core http request", unit: "µs" },
    cpuKept: { what: "… the same with its option keep-alive", unit: "µs" },
    cpuUndici: { what: "… bare undici", unit: "µs" },
    cpuTwilio: { what: "… node-red-node-twilio", unit: "µs" },
    cpuToRequest: { what: "… send sms as a part of core http request", unit: "×", digits: 2, promise: { most: 0.2 } },
  },
  measure: async (setting) => {
    const twilioPackage = await installTwilio();
    if (!twilioPackage) setting.tell("node-red-node-twilio cannot be installed here: it is left out.");
    const { url } = setting.provider;
    const ours = await nodeRed("sms", url, { flows: smsFlow(url), credentials: ACCOUNT_CREDENTIALS });
    const afterBurst = await nodeRed("sms", url, { flows: smsFlow(url), credentials: ACCOUNT_CREDENTIALS });
    const request = await nodeRed("request", url, { flows: lineOf(HTTP_REQUEST) });
    const kept = await nodeRed("request", url, { flows: lineOf({ ...HTTP_REQUEST, persist: true }) });
    const undici = bareUndici(url);
    const twilio = twilioPackage && (await nodeRed("twilio", url, twilioFlow(twilioPackage.folder)));
    const all = [ours, request, kept, undici, ...(twilio ? [twilio] : [])];
    try {
      await rateOf(afterBurst, setting.isQuick ? 0.3 : 6);
      await warmUp(setting, all, IN_FLIGHT, (candidate, inFlight, seconds) => candidate.drive({ inFlight, seconds }));
      const seconds = setting.isQuick ? 0.5 : 4;
      const rounds = await inRounds(setting, async () => ({
        ours: await rateOf(ours, seconds),
        afterBurst: await rateOf(afterBurst, seconds),
        request: await rateOf(request, seconds),
        kept: await rateOf(kept, seconds),
        undici: await rateOf(undici, seconds),
        twilio: twilio ? await rateOf(twilio, seconds) : NONE,
      }));
      return {
        perSecond: rounds.map((round) => round.ours.perSecond),
        toRequest: rounds.map((round) => round.ours.perSecond / round.request.perSecond),
        toKept: rounds.map((round) => round.ours.perSecond / round.kept.perSecond),
        toUndici: rounds.map((round) => round.ours.perSecond / round.undici.perSecond),
        toTwilio: rounds.map((round) => round.ours.perSecond / round.twilio.perSecond),
        cpu: rounds.map((round) => round.ours.cpu),
        cpuAfterBurst: rounds.map((round) => round.afterBurst.cpu),
        cpuRequest: rounds.map((round) => round.request.cpu),
        cpuKept: rounds.map((round) => round.kept.cpu),
        cpuUndici: rounds.map((round) => round.undici.cpu),
        cpuTwilio: rounds.map((round) => round.twilio.cpu),
        cpuToRequest: rounds.map((round) => round.ours.cpu / round.request.cpu),
      };
    } finally {
      await Promise.all([afterBurst, ...all].map((one) => one.stop()));
      await twilioPackage?.remove();
    }
  },
});

/** As it comes from the palette, but that each message tells the request, and the reply is parsed. */
const HTTP_REQUEST = { type: "http request", method: "POST", ret: "obj", url: "", persist: false, paytoqs: "ignore" };

export function smsFlow(url: string, concurrency = IN_FLIGHT): object[] {
  return [...lineOf({ type: "send-sms" }), accountAt(url, concurrency)];
}

function twilioFlow(folder: string): Parameters<typeof MeasuredNodeRed.start>[0] {
  const service = { id: "service", type: "twilio-api", sid: `AC${"0".repeat(32)}`, from: "+15005550006", name: "" };
  const node = { type: "twilio out", twilio: "service", twilioType: "sms", number: "" };
  return { flows: [...lineOf(node), service], credentials: { service: { token: "0".repeat(32) } }, packages: [folder] };
}

async function nodeRed(
  kind: Kind,
  baseUrl: string,
  options: Parameters<typeof MeasuredNodeRed.start>[0],
): Promise<Candidate> {
  const measured = await MeasuredNodeRed.start(options);
  return {
    drive: (load) => measured.tell<"drive">("drive", { kind, baseUrl, ...load }),
    stop: () => measured.stop(),
  };
}

function bareUndici(baseUrl: string): Candidate {
  const forked = Forked.start("bare-undici.ts");
  return { drive: (load) => forked.ask<Run>({ baseUrl, ...load }), stop: () => forked.stop() };
}

async function rateOf(candidate: Candidate, seconds: number): Promise<Rate> {
  const run = await candidate.drive({ inFlight: IN_FLIGHT, seconds });
  if (run.failed > 0) throw new Error(`${run.failed} of ${run.count} messages failed`);
  return { perSecond: run.count / run.seconds, cpu: run.cpuMicroseconds / run.count };
}
