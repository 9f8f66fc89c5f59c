import type { ErrorCode, Outcome } from "../../src/error.ts";
import type { Attempt } from "../../src/verdict.ts";

export const POST: Attempt = { operation: "send_sms", asks: false, host: "the host", written: true, timeoutMs: 8460 };
export const UNSENT: Attempt = { ...POST, written: false };

const CHECK_URL = "Check the base URL.";
export const LOOK_UP = "Look it up at the provider before you send it again.";
const BROKEN = `closed the connection without an answer. ${LOOK_UP}`;

/** What a flow's author reads of failures with these causes. */
type Failure = [causes: string[], code: ErrorCode, outcome: Outcome, retryable: boolean, words: string];

/** Before the request was written. */
export const BEFORE: Failure[] = [
  [["ABORTED"], "CANCELLED", "not-sent", false, "it was cancelled first."],
  [["CLOSED", "UND_ERR_DESTROYED", "UND_ERR_CLOSED"], "CANCELLED", "not-sent", false, "its account was closed first."],
  [
    ["TIMEOUT"],
    "TIMEOUT",
    "not-sent",
    true,
    "no connection to the host was ready within 8.5 s. Check the base URL, the network and any firewall.",
  ],
  [
    ["BAD_URL"],
    "MISSING_ACCOUNT",
    "rejected",
    false,
    "its address is not an http or https URL. Check the account's base URL.",
  ],
  [
    ["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED"],
    "BAD_CREDENTIALS",
    "rejected",
    false,
    "a header would hold a character that HTTP does not allow. Check the account's credentials for line breaks and stray characters.",
  ],
  [
    ["PROXY_BAD_URL"],
    "UNREACHABLE",
    "not-sent",
    false,
    "the proxy in the environment is not an http or https URL. Check HTTPS_PROXY and HTTP_PROXY.",
  ],
  [
    ["PROXY_407"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the proxy asks for a name and password (HTTP 407). Put them into HTTPS_PROXY.",
  ],
  [
    ["PROXY_502"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the proxy did not open the way to the host (HTTP 502). Check HTTPS_PROXY and NO_PROXY, and what the proxy allows.",
  ],
  [
    ["PROXY_ECONNRESET"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the proxy on the way to the host could not be used (ECONNRESET). Check HTTPS_PROXY and NO_PROXY.",
  ],
  [
    ["ENOTFOUND"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the host name the host was not found. Check the base URL and this machine's DNS.",
  ],
  [
    ["EAI_AGAIN", "EAI_FAIL"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the host name the host could not be looked up. Check this machine's network and DNS.",
  ],
  [
    ["ECONNREFUSED"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the host refused the connection. Check the base URL and its port.",
  ],
  [
    ["EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL"],
    "UNREACHABLE",
    "not-sent",
    true,
    "there is no network route to the host. Check this machine's network.",
  ],
  [
    ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the host did not answer the connection. Check the base URL, the network and any firewall.",
  ],
  [
    ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the certificate of the host has expired or is not valid yet. Check this machine's clock, or tell the provider.",
  ],
  [
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_GET_ISSUER_CERT"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the certificate of the host comes from an unknown authority. Check the base URL; for an authority of your own set NODE_EXTRA_CA_CERTS.",
  ],
  [
    ["ERR_TLS_CERT_ALTNAME_INVALID"],
    "UNREACHABLE",
    "not-sent",
    true,
    `the certificate of the host is made out to another name. ${CHECK_URL}`,
  ],
  ...["CERT_REVOKED", "CRL_HAS_EXPIRED", "INVALID_PURPOSE", "PATH_LENGTH_EXCEEDED"].map((cause): Failure => [
    [cause],
    "UNREACHABLE",
    "not-sent",
    true,
    `the certificate of the host is not acceptable (${cause}). Check the base URL, or tell the provider.`,
  ]),
  ...["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "ERR_TLS_HANDSHAKE_TIMEOUT"].map((cause): Failure => [
    [cause],
    "UNREACHABLE",
    "not-sent",
    true,
    `the host could not agree on encryption (${cause}). Check that the base URL's port speaks https.`,
  ]),
  [
    ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the host closed the connection at once. Check the base URL and its port, and any firewall.",
  ],
  ...["EMFILE", "ENFILE"].map((cause): Failure => [
    [cause],
    "UNREACHABLE",
    "not-sent",
    true,
    `this machine has too many open files (${cause}). Try again later.`,
  ]),
];

/** After it. */
export const AFTER: Failure[] = [
  [["ABORTED"], "CANCELLED", "unknown", false, `it was cancelled before the host answered. ${LOOK_UP}`],
  [
    ["CLOSED", "UND_ERR_DESTROYED", "UND_ERR_CLOSED"],
    "CANCELLED",
    "unknown",
    false,
    `its account was closed before the host answered. ${LOOK_UP}`,
  ],
  [
    ["TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"],
    "TIMEOUT",
    "unknown",
    false,
    `the host did not answer in full within 8.5 s. ${LOOK_UP}`,
  ],
  ...(
    [
      ["REPLY_TOO_LARGE", "the answer of the host is larger than 5 MB", true],
      ["REPLY_ENCODING", "the answer of the host is compressed in an unknown way", true],
      ["REPLY_COMPRESSION", "the compressed answer of the host is damaged or broke off", false],
      ["REPLY_EMPTY", "the host gave an empty answer instead of JSON", true],
      ["REPLY_CUT", "the JSON that the host answered with is damaged or broke off", false],
      ["REPLY_DEEP", "the JSON that the host answered with is nested too deep", false],
      ["REPLY_TEXT", "the host answered with something other than JSON", true],
      ["REPLY_BROKEN", "the answer of the host broke off", false],
      ["UND_ERR_RES_EXCEEDED_MAX_SIZE", "the answer of the host broke off", false],
      ["HPE_INVALID_VERSION", "the host did not answer in HTTP", true],
      ["HTTPParserError", "the host did not answer in HTTP", true],
      ["UND_ERR_HEADERS_OVERFLOW", "the host did not answer in HTTP", true],
    ] as const
  ).map(([cause, what, isUrl]): Failure => [
    [cause],
    "BAD_REPLY",
    "unknown",
    false,
    isUrl
      ? `${what}. Check the base URL, and look it up at the provider before you send it again.`
      : `${what}. ${LOOK_UP}`,
  ]),
  [
    ["REPLY_PAGE"],
    "BAD_REPLY",
    "unknown",
    false,
    `the host answered with a web page instead of JSON: is the base URL right? ${LOOK_UP}`,
  ],
  [["ECONNRESET", "ECONNABORTED", "EPIPE", "UND_ERR_SOCKET"], "UNREACHABLE", "unknown", false, `the host ${BROKEN}`],
  ...["ENOENT", "EACCES", "EPERM", "EISDIR", "EIO", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"].map((cause): Failure => [
    [cause],
    "INVALID_MESSAGE",
    "unknown",
    false,
    `its file could not be read to the end (${cause}). Check the file, and look it up at the provider before you send it again.`,
  ]),
];
