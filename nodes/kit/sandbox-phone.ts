import type { NodeMessageInFlow } from "node-red";
import type { Fields } from "./definition.ts";
import { resolveFields, type Place, type Resolved } from "./fields.ts";
import type { Way } from "./route-node.ts";
import type { Warn } from "./words.ts";

/**
 * The fields of a node for one message. Of a node that was dragged in from the palette, which therefore has `sandboxPhone`
 * ticked, a message without a recipient goes to the sandbox's own phone: who tries it out need not think of a number first.
 * Anywhere but in sandbox mode it is an error, as `resolveFields` says.
 */
export async function resolveWithSandboxPhone<F extends Fields>(
  place: Place,
  fields: F,
  message: NodeMessageInFlow,
  { account, route, warnOnce }: Way & { readonly warnOnce: Warn },
): Promise<Resolved<F>> {
  const { to } = fields;
  const number = !route && account.mode === "sandbox" ? account.provider.sandboxPhone : undefined;
  // A flow that was written without the property knows nothing of it.
  if (place.config.sandboxPhone !== true || number === undefined || to?.kind !== "typed") {
    return resolveFields(place, fields, message);
  }
  const resolved = await resolveFields(place, { ...fields, to: { ...to, required: false } }, message);
  if (resolved.to !== undefined) return resolved;
  warnOnce("sandboxPhone");
  return { ...resolved, to: number };
}
