import { parseNumber } from "../../src/phone.ts";
import type { Run } from "../kit/run.ts";
import { notSupported } from "../kit/not-supported.ts";
import { countBadge } from "../kit/status.ts";
import type { definition } from "./definition.ts";

/** A link that invites a number to the app which receives pushes. */
export const run: Run<typeof definition.fields> = async (fields, { account, call, show }) => {
  const { name, operations } = account.provider;
  const { invite } = operations;
  if (!invite) throw notSupported(account, "noInvitations");
  const number = parseNumber(fields.to, account.country);
  const { to, url, raw } = await account.perform(call, (session) => invite(session, number));
  show(countBadge("green", "✓"));
  return { provider: name, to, url, raw };
};
