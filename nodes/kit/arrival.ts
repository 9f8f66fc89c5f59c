import type { NodeAPI, NodeMessage, NodeMessageInFlow } from "node-red";

export type Send = (message: (NodeMessage | null)[]) => void;
export type Done = (error?: Error) => void;

/** A message as Node-RED hands it over. */
export interface Arrival {
  readonly message: NodeMessageInFlow;
  readonly send: Send;
  readonly done: Done;
}

/** Whether it goes before all that waits. */
export function isUrgent(message: NodeMessageInFlow & { priority?: unknown }): boolean {
  try {
    return message.priority === "high";
  } catch {
    return false;
  }
}

/** A message that its result can be written into. */
export function writable(message: NodeMessageInFlow): NodeMessageInFlow {
  try {
    return Object.isFrozen(message) ? { ...message } : message;
  } catch {
    return message;
  }
}

/** All of a message but its payload, which can be large and is replaced. */
export function copyOf(RED: NodeAPI, message: NodeMessageInFlow): object {
  try {
    return RED.util.cloneMessage({ ...message, payload: undefined });
  } catch {
    // Something in it cannot be copied; a word on the way must not cost what it is about.
    return { _msgid: message._msgid };
  }
}

/** A property may be one that throws when it is read; what a listener throws leaves the message without an end. */
export function isCancel(message: NodeMessageInFlow): boolean {
  try {
    return Boolean(message.cancel);
  } catch {
    return false;
  }
}
