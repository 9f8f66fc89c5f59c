import type { Shown } from "./client.ts";

/** What one of the tabs inside shows. */
export interface Panel {
  readonly element: HTMLElement;
  /** Takes in what there is now. */
  show(shown: Shown): void;
  /** How many things it has, for its tab. */
  readonly count: number;
  /** How many of them nobody has looked at. */
  readonly unseen: number;
}
