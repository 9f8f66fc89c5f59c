import type { Outcome } from "./error.ts";
import type { VerdictRow } from "./verdict-statuses.ts";

export interface FailureRow extends VerdictRow {
  /** The `code` of the error: Node's, OpenSSL's, undici's (UND_ERR_, HPE_), or one of ours, such as TIMEOUT. */
  readonly causes: RegExp;
  /** Where it differs from the table's: not-sent before, unknown after. */
  readonly outcome?: Outcome;
}

const CHECK_URL = "check the base URL";

/** Failures before the request was written: no provider saw it. The first row that fits counts. */
export const FAILURES_BEFORE: readonly FailureRow[] = [
  { causes: /^ABORTED$/, code: "CANCELLED", retryable: false, what: "it was cancelled first" },
  {
    causes: /^(CLOSED|UND_ERR_(DESTROYED|CLOSED))$/,
    code: "CANCELLED",
    retryable: false,
    what: "its account was closed first",
  },
  {
    causes: /^TIMEOUT$/,
    code: "TIMEOUT",
    what: "no connection to {host} was ready within {seconds} s",
    advice: "check the base URL, the network and any firewall",
  },
  {
    causes: /^BAD_URL$/,
    code: "MISSING_ACCOUNT",
    outcome: "rejected",
    what: "its address is not an http or https URL",
    advice: "check the account's base URL",
  },
  {
    causes: /^UND_ERR_(INVALID_ARG|NOT_SUPPORTED)$/,
    code: "BAD_CREDENTIALS",
    outcome: "rejected",
    what: "a header would hold a character that HTTP does not allow",
    advice: "check the account's credentials for line breaks and stray characters",
  },
  {
    causes: /^PROXY_BAD_URL$/,
    code: "UNREACHABLE",
    retryable: false,
    what: "the proxy in the environment is not an http or https URL",
    advice: "check HTTPS_PROXY and HTTP_PROXY",
  },
  {
    causes: /^PROXY_407$/,
    code: "UNREACHABLE",
    what: "the proxy asks for a name and password ({cause})",
    advice: "put them into HTTPS_PROXY",
  },
  {
    causes: /^PROXY_\d+$/,
    code: "UNREACHABLE",
    what: "the proxy did not open the way to {host} ({cause})",
    advice: "check HTTPS_PROXY and NO_PROXY, and what the proxy allows",
  },
  {
    causes: /^PROXY_/,
    code: "UNREACHABLE",
    what: "the proxy on the way to {host} could not be used ({cause})",
    advice: "check HTTPS_PROXY and NO_PROXY",
  },
  {
    causes: /^ENOTFOUND$/,
    code: "UNREACHABLE",
    what: "the host name {host} was not found",
    advice: "check the base URL and this machine's DNS",
  },
  {
    causes: /^EAI_/,
    code: "UNREACHABLE",
    what: "the host name {host} could not be looked up",
    advice: "check this machine's network and DNS",
  },
  {
    causes: /^ECONNREFUSED$/,
    code: "UNREACHABLE",
    what: "{host} refused the connection",
    advice: "check the base URL and its port",
  },
  {
    causes: /^(EHOST|ENET|EADDRNOTAVAIL)/,
    code: "UNREACHABLE",
    what: "there is no network route to {host}",
    advice: "check this machine's network",
  },
  {
    causes: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
    code: "UNREACHABLE",
    what: "{host} did not answer the connection",
    advice: "check the base URL, the network and any firewall",
  },
  {
    causes: /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    code: "UNREACHABLE",
    what: "the certificate of {host} has expired or is not valid yet",
    advice: "check this machine's clock, or tell the provider",
  },
  {
    causes: /^(DEPTH_ZERO_)?SELF_SIGNED|^UNABLE_TO_/,
    code: "UNREACHABLE",
    what: "the certificate of {host} comes from an unknown authority",
    advice: "check the base URL; for an authority of your own set NODE_EXTRA_CA_CERTS",
  },
  {
    causes: /ALTNAME/,
    code: "UNREACHABLE",
    what: "the certificate of {host} is made out to another name",
    advice: CHECK_URL,
  },
  {
    causes: /CERT|CRL|^(INVALID_|PATH_LENGTH)/,
    code: "UNREACHABLE",
    what: "the certificate of {host} is not acceptable ({cause})",
    advice: "check the base URL, or tell the provider",
  },
  {
    causes: /^(EPROTO|ERR_SSL_|ERR_TLS_)/,
    code: "UNREACHABLE",
    what: "{host} could not agree on encryption ({cause})",
    advice: "check that the base URL's port speaks https",
  },
  {
    causes: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    code: "UNREACHABLE",
    what: "{host} closed the connection at once",
    advice: "check the base URL and its port, and any firewall",
  },
  {
    causes: /^E[MN]FILE$/,
    code: "UNREACHABLE",
    what: "this machine has too many open files ({cause})",
    advice: "try again later",
  },
];

/** Failures after that: the provider may have taken it. The first row that fits counts. */
export const FAILURES_AFTER: readonly FailureRow[] = [
  { causes: /^ABORTED$/, code: "CANCELLED", what: "it was cancelled before {host} answered" },
  {
    causes: /^(CLOSED|UND_ERR_(DESTROYED|CLOSED))$/,
    code: "CANCELLED",
    what: "its account was closed before {host} answered",
  },
  { causes: /^TIMEOUT$|_TIMEOUT$/, code: "TIMEOUT", what: "{host} did not answer in full within {seconds} s" },
  {
    causes: /^REPLY_TOO_LARGE$/,
    code: "BAD_REPLY",
    what: "the answer of {host} is larger than 5 MB",
    advice: CHECK_URL,
  },
  {
    causes: /^REPLY_ENCODING$/,
    code: "BAD_REPLY",
    what: "the answer of {host} is compressed in an unknown way",
    advice: CHECK_URL,
  },
  { causes: /^REPLY_COMPRESSION$/, code: "BAD_REPLY", what: "the compressed answer of {host} is damaged or broke off" },
  {
    causes: /^REPLY_EMPTY$/,
    code: "BAD_REPLY",
    what: "{host} gave an empty answer instead of JSON",
    advice: CHECK_URL,
  },
  {
    causes: /^REPLY_PAGE$/,
    code: "BAD_REPLY",
    what: "{host} answered with a web page instead of JSON: is the base URL right?",
  },
  { causes: /^REPLY_CUT$/, code: "BAD_REPLY", what: "the JSON that {host} answered with is damaged or broke off" },
  { causes: /^REPLY_DEEP$/, code: "BAD_REPLY", what: "the JSON that {host} answered with is nested too deep" },
  {
    causes: /^REPLY_TEXT$/,
    code: "BAD_REPLY",
    what: "{host} answered with something other than JSON",
    advice: CHECK_URL,
  },
  { causes: /^(REPLY_BROKEN|UND_ERR_RES_)/, code: "BAD_REPLY", what: "the answer of {host} broke off" },
  {
    causes: /^(HPE_|HTTPParserError$|UND_ERR_HEADERS_OVERFLOW$)/,
    code: "BAD_REPLY",
    what: "{host} did not answer in HTTP",
    advice: CHECK_URL,
  },
  {
    causes: /^(ECONN|EPIPE|UND_ERR_SOCKET)/,
    code: "UNREACHABLE",
    what: "{host} closed the connection without an answer",
  },
  {
    causes: /^(E(NOENT|ACCES|PERM|ISDIR|IO)|UND_ERR_REQ_CONTENT_LENGTH_MISMATCH)$/,
    code: "INVALID_MESSAGE",
    what: "its file could not be read to the end ({cause})",
    advice: "check the file",
  },
];

/** A failure that nobody foresaw, before or after. */
export const OTHER_FAILURE: FailureRow = {
  causes: /^/,
  code: "UNREACHABLE",
  what: "the connection to {host} failed ({cause})",
};
