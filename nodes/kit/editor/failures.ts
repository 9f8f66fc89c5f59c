import type { FailureReport } from "../account-reports.ts";
import type { Translate } from "./red.ts";

/** What a failure means, by the system's own word for it or the status of the reply; the first that fits counts. */
const MEANINGS: readonly (readonly [RegExp, (host: string, t: Translate) => string])[] = [
  // No one was asked.
  [/^BAD_CREDENTIALS - 0$/, (_, t) => t("failure.noCredentials")],
  [/^BAD_CREDENTIALS .* 403$/, (_, t) => t("failure.forbidden")],
  [/^BAD_CREDENTIALS /, (_, t) => t("failure.credentials")],
  [/ ENV_UNSET /, (_, t) => t("failure.variable")],
  [/^MISSING_ACCOUNT /, (_, t) => t("failure.settings")],
  [/^NO_CREDIT /, (_, t) => t("failure.credit")],
  [/^RATE_LIMITED /, (_, t) => t("failure.rate")],
  [/ PROXY_/, (host, t) => t("failure.proxy", { host })],
  [/ (ENOTFOUND|EAI_\w+) /, (host, t) => t("failure.name", { host })],
  [/ ECONNREFUSED /, (host, t) => t("failure.refused", { host })],
  [/ (EHOST|ENET|EADDRNOTAVAIL)/, (host, t) => t("failure.network", { host })],
  [/ (CERT_HAS_EXPIRED|CERT_NOT_YET_VALID) /, (host, t) => t("failure.expired", { host })],
  [/ ((DEPTH_ZERO_)?SELF_SIGNED|UNABLE_TO_)/, (host, t) => t("failure.authority", { host })],
  [/ \w*ALTNAME/, (host, t) => t("failure.certificateName", { host })],
  [/ (\w*CERT|CRL|INVALID_|PATH_LENGTH|EPROTO|ERR_SSL_|ERR_TLS_)/, (host, t) => t("failure.tls", { host })],
  [/^TIMEOUT | (ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT) /, (host, t) => t("failure.timeout", { host })],
  [/^PROVIDER_ERROR /, (host, t) => t("failure.provider", { host })],
  [/^BAD_REPLY | HPE_| (404|405)$/, (host, t) => t("failure.baseUrl", { host })],
  [/^UNREACHABLE /, (host, t) => t("failure.closed", { host })],
];

/** What happened and what to do, in the viewer's language; the runtime's own words say it in detail. */
export function meaningOf({ code, reason = "-", httpStatus = 0 }: FailureReport, host: string, t: Translate): string {
  const facts = `${code} ${reason} ${httpStatus}`;
  return MEANINGS.find(([pattern]) => pattern.test(facts))?.[1](host, t) ?? t("failure.other");
}

/** A line with the meaning, and one below with the detail, which is in English. */
export function failureLines(failure: FailureReport, host: string, t: Translate): JQuery[] {
  return [
    $('<div class="messaging-bad">').text(meaningOf(failure, host, t)),
    $('<small lang="en">').text(failure.message),
  ];
}

/** Why the runtime did not answer the editor at all. */
export function refusalOf(failure: unknown, t: Translate): string {
  const { status } = failure as Partial<JQuery.jqXHR>;
  if (status === 401 || status === 403) return t("account.forbidden");
  return status === 409 ? t("account.busy") : t("account.noRuntime");
}
