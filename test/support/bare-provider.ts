import type { Provider } from "../../src/provider.ts";

/** A provider that needs nothing and can do nothing, but for what is given. */
export function bareProvider(more: Partial<Provider> = {}): Provider {
  return {
    name: "testing",
    label: "Testing",
    baseUrl: "https://api.example.com/v1",
    country: "CL",
    timeZone: "America/Santiago",
    requiredCredentials: () => [],
    operations: {},
    sandbox: () => Promise.reject(new Error("none")),
    ...more,
  };
}
