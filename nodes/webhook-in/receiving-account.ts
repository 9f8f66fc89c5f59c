import type { NodeAPI } from "node-red";
import { chosenAccount } from "../kit/find-account.ts";
import type { Config } from "../kit/fields.ts";

/** The account whose callbacks a node receives. */
export interface ReceivingAccount {
  /** Id of its config node: a reply finds the account by it. */
  readonly nodeId: string;
  /** Absent where the account cannot be used: reports are read all the same. */
  readonly country?: string;
  readonly timeZone?: string;
}

/** Undefined where none is chosen. */
export async function receivingAccount(RED: NodeAPI, config: Config): Promise<ReceivingAccount | undefined> {
  const node = chosenAccount(RED, config);
  if (!node) return undefined;
  try {
    const { country, timeZone } = await node.account();
    return { nodeId: node.id, country, timeZone };
  } catch {
    return { nodeId: node.id };
  }
}
