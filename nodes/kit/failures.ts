import type { Failure } from "../../src/error.ts";

/** What of a failure tells what it means. */
export type FailureFacts = Pick<Failure, "code" | "reason" | "httpStatus">;

/** Keys of what a failure means, below `failure.` in the catalogue; the first whose pattern fits counts. */
const MEANINGS = [
  // No one was asked.
  [/^BAD_CREDENTIALS - 0$/, "noCredentials"],
  [/^BAD_CREDENTIALS .* 403$/, "forbidden"],
  [/^BAD_CREDENTIALS /, "credentials"],
  [/ ENV_UNSET /, "variable"],
  [/^MISSING_ACCOUNT /, "settings"],
  [/^NO_CREDIT /, "credit"],
  [/^RATE_LIMITED /, "rate"],
  [/ PROXY_/, "proxy"],
  [/ (ENOTFOUND|EAI_\w+) /, "name"],
  [/ ECONNREFUSED /, "refused"],
  [/ (EHOST|ENET|EADDRNOTAVAIL)/, "network"],
  [/ (CERT_HAS_EXPIRED|CERT_NOT_YET_VALID) /, "expired"],
  [/ ((DEPTH_ZERO_)?SELF_SIGNED|UNABLE_TO_)/, "authority"],
  [/ \w*ALTNAME/, "certificateName"],
  [/ (\w*CERT|CRL|INVALID_|PATH_LENGTH|EPROTO|ERR_SSL_|ERR_TLS_)/, "tls"],
  [/^TIMEOUT | (ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT) /, "timeout"],
  [/^PROVIDER_ERROR /, "provider"],
  [/^BAD_REPLY | HPE_| (404|405)$/, "baseUrl"],
  [/^UNREACHABLE /, "closed"],
  [/^INVALID_NUMBER /, "number"],
  [/^INVALID_MESSAGE /, "message"],
  [/^REJECTED /, "rejected"],
  [/^NOT_SUPPORTED /, "notSupported"],
  [/^QUEUE_FULL /, "queueFull"],
  [/^EXPIRED /, "tooLate"],
  [/^CANCELLED /, "cancelled"],
] as const satisfies readonly (readonly [RegExp, string])[];

const OTHERWISE = "other";

type Meaning = (typeof MEANINGS)[number][1] | typeof OTHERWISE;

/** Every key that a failure may have: the catalogue must translate all of them. */
export const FAILURE_KEYS: readonly string[] = [...new Set([...MEANINGS.map(([, key]) => key), OTHERWISE])].map(
  (key) => `failure.${key}`,
);

/**
 * The catalogue's key of what a failure means and what to do, by its code, the system's own word for it or the status of
 * the reply. Its text may name the host.
 */
export function failureKey({ code, reason = "-", httpStatus = 0 }: FailureFacts): `failure.${Meaning}` {
  const facts = `${code} ${reason} ${httpStatus}`;
  return `failure.${MEANINGS.find(([pattern]) => pattern.test(facts))?.[1] ?? OTHERWISE}`;
}
