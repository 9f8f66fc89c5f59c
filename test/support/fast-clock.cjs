// Loaded before Node-RED: waits of 20 s or more are over after a tenth, so that a test need not sit through a time limit.
const { setTimeout: usual } = globalThis;

globalThis.setTimeout = Object.assign(
  (callback, ms, ...rest) => usual(callback, ms >= 20_000 ? ms / 10 : ms, ...rest),
  usual,
);
