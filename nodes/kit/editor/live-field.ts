import type { LiveKind } from "../definition.ts";
import type { ProviderFacts } from "./fields.ts";
import type { EditorNode, Translate } from "./red.ts";

/** The account that a node's messages go through, as far as the editor knows it. */
export interface KnownAccount {
  readonly id: string;
  readonly provider: ProviderFacts;
  readonly country: string;
  readonly timeZone: string;
}

/** A typed field that is told about while a person fills it in. */
export interface LiveField {
  readonly name: string;
  readonly kind: LiveKind;
  readonly node: EditorNode;
  readonly t: Translate;
  /** undefined where only the message tells: a route, `msg.account`, an environment variable. */
  readonly account: () => KnownAccount | undefined;
}

/** What is shown below a field. */
export interface Aid {
  readonly element: JQuery;
  /** Shows what holds for a literal value now. */
  readonly refresh: (value: string, type: string) => void;
}
