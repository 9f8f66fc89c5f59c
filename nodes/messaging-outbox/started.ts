import type { NodeAPI } from "node-red";

const waiting = new Set<() => void>();

const tellAll = () => {
  for (const tell of waiting) tell();
};

/**
 * Calls back whenever a deploy is complete and all nodes are there. One listener serves all outboxes, as Node.js warns of
 * many. The function that is returned ends it.
 */
export function whenStarted(RED: NodeAPI, tell: () => void): () => void {
  if (waiting.size === 0) RED.events.on("flows:started", tellAll);
  waiting.add(tell);
  return () => {
    waiting.delete(tell);
    if (waiting.size === 0) RED.events.removeListener("flows:started", tellAll);
  };
}
