import type { NodeMessageInFlow } from "node-red";
import type { Settled } from "../../src/outbox/contract.ts";
import { resolveFields, type Place } from "./fields.ts";
import type { MessageNodeDefinition } from "./definition.ts";
import { findTarget, wayThrough } from "./route-node.ts";
import type { Trace } from "./trace.ts";

/** Sources of a recipient that are the same when the message comes back. */
const LASTING: readonly unknown[] = ["msg", "str", "num"];

/**
 * Shows the end of a message that was stored among the last results, with what is known of its way from the flow as it is
 * deployed now. Never rejects.
 */
export async function traceSettled(
  trace: Trace,
  place: Place,
  definition: MessageNodeDefinition,
  { properties, outcome }: Pick<Settled, "properties" | "outcome">,
): Promise<void> {
  try {
    const message = { ...properties } as unknown as NodeMessageInFlow;
    const { account, route } = await wayThrough(findTarget(place.RED, definition, place.config, message));
    trace.follow(route ? route.accounts() : [account], { to: await recipient(place, definition, message) });
  } catch {
    // The account is there no more: what the result itself says is shown.
  }
  if ("error" in outcome) trace.failed(outcome.error);
  else trace.ended(outcome.result);
}

async function recipient(
  place: Place,
  { fields }: MessageNodeDefinition,
  message: NodeMessageInFlow,
): Promise<unknown> {
  const { to } = fields;
  if (to?.kind !== "typed" || !LASTING.includes(place.config.toType ?? to.type)) return undefined;
  return (await resolveFields(place, { to: { ...to, required: false } }, message)).to;
}
