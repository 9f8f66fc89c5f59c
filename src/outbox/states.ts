/**
 * Where a message to one recipient is on its way.
 *
 * `queued`: on disk, to be sent. `sending`: a request with it may have left; committed before the first byte. `accepted`:
 * the provider took it. `failed`: refused, it will not be sent. `expired`: not sent in time. `uncertain`: it may have been
 * taken; a person, the provider or the chosen policy decides. `cancelled`: dropped by a person, or the account is off.
 */
export type State = "queued" | "sending" | "accepted" | "failed" | "expired" | "uncertain" | "cancelled";

/** All there are, in the order in which a panel shows them. */
export const STATES = ["queued", "sending", "accepted", "failed", "expired", "uncertain", "cancelled"] as const;

/**
 * From where to where a message can go. `sending` goes back to `queued` only when the request certainly was not taken (or
 * where the user chose to send again in doubt), and nothing leaves `accepted`: that is why nothing is sent twice. From `uncertain` to itself: the provider is asked later; from `queued` to itself: it
 * has no account now.
 */
export const TRANSITIONS: Readonly<Record<State, readonly State[]>> = {
  queued: ["queued", "sending", "expired", "cancelled"],
  sending: ["accepted", "failed", "uncertain", "queued", "expired", "cancelled"],
  uncertain: ["uncertain", "queued", "accepted", "failed", "expired", "cancelled"],
  accepted: [],
  failed: [],
  expired: [],
  cancelled: [],
};

/** Whether a message may go from one state to the other. */
export function isLegal(from: State, to: State): boolean {
  return TRANSITIONS[from].includes(to);
}
