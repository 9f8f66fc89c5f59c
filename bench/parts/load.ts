import type { Footprint } from "../processes/desk.ts";
import { MeasuredNodeRed } from "../support/measured-node-red.ts";
import { definePart, inRounds, type Setting } from "../support/part.ts";

/** What the package costs who has it installed. */
export const load = definePart({
  name: "load",
  rows: {
    start: { what: "Node-RED starts later by", unit: "ms", promise: { most: 100 } },
    resident: { what: "… and takes more memory, by", unit: "MB", digits: 1, promise: { most: 15 } },
    heap: { what: "… of it in its heap", unit: "MB", digits: 1 },
  },
  measure: async (setting) => {
    await footprint(true);
    const rounds = await inRounds({ rounds: pairs(setting) }, async (index) => {
      // In turn, so that neither is always the first.
      const first = await footprint(index % 2 === 0);
      const second = await footprint(index % 2 !== 0);
      return index % 2 === 0 ? { with: first, without: second } : { with: second, without: first };
    });
    const more = (key: keyof Footprint) => rounds.map((round) => round.with[key] - round.without[key]);
    return { start: more("startMs"), resident: more("resident"), heap: more("heap") };
  },
});

function pairs({ rounds, isQuick }: Setting): number {
  return isQuick ? 1 : 2 * rounds;
}

async function footprint(isInstalled: boolean): Promise<Footprint> {
  const nodeRed = await MeasuredNodeRed.start({ isInstalled });
  const found = await nodeRed.tell<"footprint">("footprint");
  await nodeRed.stop();
  return found;
}
