import { deflateRawSync, gzipSync } from "node:zlib";
import { reply } from "../support/raw-server.ts";
import * as arrange from "./arrange.ts";
import type { Arrange } from "./arrange.ts";
import * as means from "./verdicts.ts";
import type { Verdict } from "./verdicts.ts";

/** A way in which the network or a provider fails, and the one verdict on it. */
export interface Fault {
  readonly name: string;
  readonly arrange: Arrange;
  readonly verdict: Verdict;
  /** Of a provider that means something else by it. */
  readonly at?: Readonly<Record<string, Verdict>>;
  /** Ends only when the caller's own time limit does, so give it a short one. */
  readonly needsDeadline?: true;
}

/** In order: name, arrangement, verdict. */
type Row = readonly [string, Arrange, Verdict];

const JSON_TYPE = "content-type: application/json";
const MEGABYTE = 1024 * 1024;

/** These strike before a request is read, so that no other one can come before. */
const BEFORE: readonly Row[] = [
  [
    "the host name does not exist",
    // Longer than a name may be, so that no resolver is asked, which may take its time.
    arrange.nobodyAt(() => Promise.resolve(`https://${"nobody".repeat(11)}.invalid`)),
    means.NOT_REACHED,
  ],
  ["the connection is refused", arrange.nobodyAt(arrange.closedPort), means.NOT_REACHED],
  ["the certificate is self-signed", arrange.certified(1), means.NOT_REACHED],
  ["the certificate has expired", arrange.certified(-1), means.NOT_REACHED],
  [
    "the port speaks no TLS",
    arrange.withoutTls((socket) => void socket.write("220 mail.invalid\r\n")),
    means.NOT_REACHED,
  ],
  ["the proxy asks for a password", arrange.behindProxy(407), means.NOT_REACHED],
  ["the proxy cannot reach the provider", arrange.behindProxy(502), means.NOT_REACHED],
  ["the proxy closes the connection", arrange.behindProxy("close"), means.NOT_REACHED],
  [
    "the connection is closed as soon as it is made",
    arrange.connects((socket) => void socket.end()),
    means.CONNECTION_LOST,
  ],
  [
    "the connection is reset before the request is read",
    arrange.connects((socket) => {
      socket.pause();
      setTimeout(() => socket.resetAndDestroy(), 30);
    }),
    means.CONNECTION_LOST,
  ],
];

const SILENT_BEFORE: readonly Row[] = [
  ["the TLS handshake is not answered", arrange.withoutTls(() => undefined), means.LATE_UNSENT],
  ["the proxy is silent", arrange.behindProxy("silence"), means.LATE_UNSENT],
];

const WITHOUT_A_REPLY: readonly Row[] = [
  [
    "the connection is reset after the request is read",
    arrange.strikes((socket) => void socket.resetAndDestroy()),
    means.CONNECTION_LOST,
  ],
  ["the connection is closed without an answer", arrange.breaksOffAfter(""), means.CONNECTION_LOST],
  [
    "the answer breaks off in its headers",
    arrange.breaksOffAfter("HTTP/1.1 200 OK\r\ncontent-ty"),
    means.CONNECTION_LOST,
  ],
  ["the answer is no HTTP", arrange.breaksOffAfter("SSH-2.0-OpenSSH_9.6\r\n"), means.UNREADABLE],
];

const ENDLESS: readonly Row[] = [
  ["there is no answer", arrange.strikes(() => undefined), means.LATE],
  [
    "the answer comes a byte at a time and never ends",
    arrange.strikes((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n");
      const timer = setInterval(() => socket.write(" "), 20);
      socket.once("close", () => clearInterval(timer));
    }),
    means.LATE,
  ],
];

const BROKEN_REPLIES: readonly Row[] = [
  [
    "the answer is shorter than it says",
    arrange.breaksOffAfter(`HTTP/1.1 200 OK\r\n${JSON_TYPE}\r\ncontent-length: 99\r\n\r\n{"id_sms":"1`),
    means.UNREADABLE,
  ],
  [
    "the answer's last chunk is missing",
    arrange.breaksOffAfter(
      `HTTP/1.1 200 OK\r\n${JSON_TYPE}\r\ntransfer-encoding: chunked\r\n\r\nb\r\n{"id_sms":1}\r\n`,
    ),
    means.UNREADABLE,
  ],
  [
    "the answer is endless",
    arrange.strikes((socket) => {
      const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
      const more = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on("drain", more).write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
      more();
    }),
    means.UNREADABLE,
  ],
  [
    "the answer is 50 MB long",
    arrange.strikes((socket) => void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${50 * MEGABYTE}\r\n\r\n{`)),
    means.UNREADABLE,
  ],
  ["the answer is a gzip bomb", compressed("gzip", () => gzipSync(Buffer.alloc(50 * MEGABYTE))), means.UNREADABLE],
  [
    "the answer is a deflate bomb",
    compressed("deflate", () => deflateRawSync(Buffer.alloc(50 * MEGABYTE))),
    means.UNREADABLE,
  ],
  ["the answer's gzip breaks off", compressed("gzip", () => gzipSync('{"id":"1"}').subarray(0, -9)), means.UNREADABLE],
  ["the answer is compressed in an unknown way", compressed("lz77", () => Buffer.of(1)), means.UNREADABLE],
  ["the answer is compressed twice", compressed("gzip, gzip", () => gzipSync(gzipSync("{}"))), means.UNREADABLE],
];

/** Whole replies with status 200 that tell nothing of what became of the request. */
const NO_ANSWERS: readonly Row[] = [
  ["the answer is empty", arrange.answers(200), means.UNREADABLE],
  [
    "the answer is a web page",
    arrange.answers(200, "<!DOCTYPE html><title>Welcome</title>", "content-type: text/html"),
    means.UNREADABLE,
  ],
  [
    "the answer is a web page that repeats the request",
    arrange.strikes(
      (socket, received) => void socket.write(reply(200, `<html>${received}`, "content-type: text/html")),
    ),
    means.UNREADABLE,
  ],
  ["the answer's JSON breaks off", arrange.answers(200, '{"id":"1', JSON_TYPE), means.UNREADABLE],
  [
    "the answer is in a charset that there is not",
    arrange.answers(200, Buffer.from('{"id":"1"}', "utf16le"), `${JSON_TYPE}; charset=x-nonsense`),
    means.UNREADABLE,
  ],
  ["the answer is JSON of another kind", arrange.answers(200, '{"unexpected":true}', JSON_TYPE), means.UNREADABLE],
  ["the answer is JSON and no object", arrange.answers(200, '"ok"', JSON_TYPE), means.UNREADABLE],
];

const STATUSES: readonly Row[] = [
  status("301", 301, means.MISDIRECTED, "location: /elsewhere"),
  status("302", 302, means.UNREADABLE, "location: /elsewhere"),
  status("303", 303, means.UNREADABLE, "location: /elsewhere"),
  status("307", 307, means.MISDIRECTED, "location: /elsewhere"),
  status("308", 308, means.MISDIRECTED, "location: /elsewhere"),
  status("400", 400, means.REFUSED),
  ["the answer is 400 and repeats the request", refuses(400), means.REFUSED],
  ["the answer is a refusal with status 200 that repeats the request", refuses(200), means.REFUSED],
  status("401", 401, means.NOT_KNOWN),
  status("402", 402, means.NO_CREDIT),
  status("403", 403, means.NO_ACCESS),
  status("404", 404, means.NO_SUCH_CALL),
  status("408", 408, means.LATE),
  status("414", 414, means.TOO_LONG),
  status("431", 431, means.TOO_LONG),
  status("429 with seconds", 429, means.BUSY, "retry-after: 1"),
  [
    "the answer is 429 with a date",
    (spare) => arrange.answers(429, "", `retry-after: ${new Date(Date.now() + 1000).toUTCString()}`)(spare),
    means.BUSY,
  ],
  status("429 with an absurd wait", 429, means.BUSY, "retry-after: 99999999999999999999"),
  status("429 without a wait", 429, means.BUSY),
  status("500", 500, means.SERVER_ERROR),
  status("502", 502, means.SERVER_ERROR),
  status("503", 503, means.SERVER_ERROR),
  status("503 with a wait", 503, means.ASKS_TO_WAIT, "retry-after: 1"),
  status("504", 504, means.SERVER_ERROR),
  status("no status of HTTP", 799, means.UNREADABLE),
];

const OF_ONE_PROVIDER: readonly Fault[] = [
  {
    // An error inside that provider, although it comes as a refusal (its document, table of errors).
    name: "the answer is 400 with GENERIC_ERROR",
    arrange: arrange.answers(400, '{"errorCode":400,"errorMsg":"GENERIC_ERROR"}', JSON_TYPE),
    verdict: means.REFUSED,
    at: { smshosting: means.SERVER_ERROR },
  },
];

const asFault = ([name, arrangement, verdict]: Row): Fault => ({ name, arrange: arrangement, verdict });
const asEndless = (row: Row): Fault => ({ ...asFault(row), needsDeadline: true });

/** They can strike only the first request of a call. */
export const FAULTS_BEFORE: readonly Fault[] = [...BEFORE.map(asFault), ...SILENT_BEFORE.map(asEndless)];

/** They can strike any request of a call. */
export const FAULTS_AFTER: readonly Fault[] = [
  ...WITHOUT_A_REPLY.map(asFault),
  ...ENDLESS.map(asEndless),
  ...[...BROKEN_REPLIES, ...NO_ANSWERS, ...STATUSES].map(asFault),
  ...OF_ONE_PROVIDER,
];

function status(name: string, code: number, verdict: Verdict, ...headers: string[]): Row {
  return [`the answer is ${name}`, arrange.answers(code, "", ...headers), verdict];
}

/** With an error that all providers would read, whose words are the request itself. */
function refuses(code: number): Arrange {
  return arrange.strikes((socket, received) => {
    const body = JSON.stringify({ error: received, errorMsg: received });
    socket.write(reply(code, body, JSON_TYPE));
  });
}

function compressed(coding: string, body: () => Buffer): Arrange {
  return (spare) => arrange.answers(200, body(), JSON_TYPE, `content-encoding: ${coding}`)(spare);
}
