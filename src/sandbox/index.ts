export { acquireSandbox } from "./acquire.ts";
export { startSandbox } from "./server.ts";
export type { Sandbox, SandboxOptions, SandboxRequest } from "./server.ts";
export { phones, phoneImage, phoneMessage, replyFrom } from "./phones.ts";
export type { Phones, PhoneMessage, PhoneReply } from "./phones.ts";
export type { Fault, FaultOptions } from "./fault.ts";
export type { SandboxMessage, SandboxReply } from "./stand-in.ts";
