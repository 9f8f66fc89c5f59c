import { deflateRawSync, gzipSync } from "node:zlib";
import type { ErrorCode, Outcome } from "../../src/error.ts";
import { selfSigned } from "./certificate.ts";
import { connectProxy, rawServer, reply, setProxy } from "./raw-server.ts";
import type { Behaviour } from "./raw-server.ts";

/** A way in which the network or a provider fails, and the one verdict on it (docs: what a failure means). */
export interface Fault {
  readonly name: string;
  /** Sets it up. The client must be made after this and used before `close`: some faults are in the environment. */
  arrange(): Promise<ArrangedFault>;
  readonly expected: { readonly code: ErrorCode; readonly outcome: Outcome };
  /** Ends only when the caller's own time limit does, so give it a short one. */
  readonly needsDeadline?: true;
  /** Who can see the fault, where the reply is whole: whoever reads its JSON, or whoever knows what should be in it. */
  readonly seenBy?: "json" | "adapter";
}

export interface ArrangedFault {
  /** Base URL without trailing slash. */
  readonly url: string;
  /** How many requests reached the provider. */
  received(): number;
  close(): Promise<void>;
}

const JSON_TYPE = "content-type: application/json";
const MEGABYTE = 1024 * 1024;

/** A provider that answers every request with this, then leaves the connection as it is. */
function answers(status: number, body: string | Buffer = "", ...headers: string[]): Fault["arrange"] {
  return behaves({ onRequest: (socket) => void socket.write(reply(status, body, ...headers)) });
}

/** A provider that answers with these bytes and closes the connection. */
function breaksOffAfter(bytes: string): Fault["arrange"] {
  return behaves({ onRequest: (socket) => void socket.end(bytes) });
}

function behaves(behaviour: Behaviour): Fault["arrange"] {
  return async () => {
    const server = await rawServer(behaviour);
    return { url: server.url, received: () => server.heads.length, close: () => server.close() };
  };
}

/** A provider behind a proxy that does not let us through. */
function behindProxy(answer: Parameters<typeof connectProxy>[0]): Fault["arrange"] {
  return async () => {
    const proxy = await connectProxy(answer);
    const restore = setProxy({ HTTPS_PROXY: proxy.url });
    const close = () => {
      restore();
      return proxy.close();
    };
    // The proxy sees our CONNECT; whatever else it saw would have been meant for the provider.
    const received = () => proxy.heads.filter((head) => !head.startsWith("CONNECT ")).length;
    return { url: "https://provider.invalid", received, close };
  };
}

/** An address where nobody is; the environment's proxy does not answer for it. */
function nobodyAt(url: () => Promise<string>): Fault["arrange"] {
  return async () => {
    const restore = setProxy();
    return { url: await url(), received: () => 0, close: () => Promise.resolve(restore()) };
  };
}

async function closedPort(): Promise<string> {
  const server = await rawServer({});
  await server.close();
  return server.url;
}

const NOT_REACHED = { code: "UNREACHABLE", outcome: "not-sent" } as const;
const CONNECTION_LOST = { code: "UNREACHABLE", outcome: "unknown" } as const;
const TIMED_OUT = { code: "TIMEOUT", outcome: "unknown" } as const;
const UNREADABLE = { code: "BAD_REPLY", outcome: "unknown" } as const;
const MISDIRECTED = { code: "BAD_REPLY", outcome: "rejected" } as const;
const REFUSED = { code: "REJECTED", outcome: "rejected" } as const;
const NO_ACCESS = { code: "BAD_CREDENTIALS", outcome: "rejected" } as const;
const TOO_LONG = { code: "REJECTED", outcome: "not-sent" } as const;
const RATE_LIMITED = { code: "RATE_LIMITED", outcome: "not-sent" } as const;
const ASKS_TO_WAIT = { code: "PROVIDER_ERROR", outcome: "not-sent" } as const;
const SERVER_ERROR = { code: "PROVIDER_ERROR", outcome: "unknown" } as const;
const TIMED_OUT_UNSENT = { code: "TIMEOUT", outcome: "not-sent" } as const;

const BEFORE_THE_REQUEST: readonly Fault[] = [
  {
    name: "the host name does not exist",
    arrange: nobodyAt(() => Promise.resolve("https://nobody.invalid")),
    expected: NOT_REACHED,
  },
  { name: "the connection is refused", arrange: nobodyAt(closedPort), expected: NOT_REACHED },
  { name: "the certificate is self-signed", arrange: behaves({ certificate: selfSigned() }), expected: NOT_REACHED },
  {
    name: "the certificate has expired",
    arrange: behaves({ certificate: selfSigned("localhost", { days: -1 }) }),
    expected: NOT_REACHED,
  },
  {
    name: "the port speaks no TLS",
    arrange: async () => {
      const plain = await behaves({ onConnect: (socket) => void socket.write("220 mail.invalid\r\n") })();
      return { ...plain, url: plain.url.replace("http:", "https:"), received: () => 0 };
    },
    expected: NOT_REACHED,
  },
  {
    name: "the TLS handshake is not answered",
    arrange: async () => {
      const silent = await behaves({})();
      return { ...silent, url: silent.url.replace("http:", "https:") };
    },
    expected: TIMED_OUT_UNSENT,
    needsDeadline: true,
  },
  { name: "the proxy asks for a password", arrange: behindProxy(407), expected: NOT_REACHED },
  { name: "the proxy cannot reach the provider", arrange: behindProxy(502), expected: NOT_REACHED },
  { name: "the proxy closes the connection", arrange: behindProxy("close"), expected: NOT_REACHED },
  { name: "the proxy is silent", arrange: behindProxy("silence"), expected: TIMED_OUT_UNSENT, needsDeadline: true },
];

const WITHOUT_A_REPLY: readonly Fault[] = [
  {
    name: "the connection is closed as soon as it is made",
    arrange: behaves({ onConnect: (socket) => void socket.end() }),
    expected: CONNECTION_LOST,
  },
  {
    name: "the connection is reset before the request is read",
    arrange: behaves({
      onConnect: (socket) => {
        socket.pause();
        setTimeout(() => socket.resetAndDestroy(), 30);
      },
    }),
    expected: CONNECTION_LOST,
  },
  {
    name: "the connection is reset after the request is read",
    arrange: behaves({ onRequest: (socket) => void socket.resetAndDestroy() }),
    expected: CONNECTION_LOST,
  },
  { name: "the connection is closed without an answer", arrange: breaksOffAfter(""), expected: CONNECTION_LOST },
  {
    name: "the answer breaks off in its headers",
    arrange: breaksOffAfter("HTTP/1.1 200 OK\r\ncontent-ty"),
    expected: CONNECTION_LOST,
  },
  { name: "the answer is no HTTP", arrange: breaksOffAfter("SSH-2.0-OpenSSH_9.6\r\n"), expected: UNREADABLE },
  { name: "there is no answer", arrange: behaves({}), expected: TIMED_OUT, needsDeadline: true },
];

const BROKEN_REPLIES: readonly Fault[] = [
  {
    name: "the answer is shorter than it says",
    arrange: breaksOffAfter(`HTTP/1.1 200 OK\r\n${JSON_TYPE}\r\ncontent-length: 99\r\n\r\n{"id_sms":"1`),
    expected: UNREADABLE,
  },
  {
    name: "the answer's last chunk is missing",
    arrange: breaksOffAfter(
      `HTTP/1.1 200 OK\r\n${JSON_TYPE}\r\ntransfer-encoding: chunked\r\n\r\nb\r\n{"id_sms":1}\r\n`,
    ),
    expected: UNREADABLE,
  },
  {
    name: "the answer comes a byte at a time and never ends",
    arrange: behaves({
      onRequest: (socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n");
        const timer = setInterval(() => socket.write(" "), 20);
        socket.once("close", () => clearInterval(timer));
      },
    }),
    expected: TIMED_OUT,
    needsDeadline: true,
  },
  {
    name: "the answer is endless",
    arrange: behaves({
      onRequest: (socket) => {
        const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
        const more = () => {
          while (!socket.destroyed && socket.write(chunk));
        };
        socket.on("drain", more).write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        more();
      },
    }),
    expected: UNREADABLE,
  },
  {
    name: "the answer is 50 MB long",
    arrange: behaves({
      onRequest: (socket) => void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${50 * MEGABYTE}\r\n\r\n{`),
    }),
    expected: UNREADABLE,
  },
  {
    name: "the answer is a gzip bomb",
    arrange: async () => answers(200, gzipSync(Buffer.alloc(50 * MEGABYTE)), JSON_TYPE, "content-encoding: gzip")(),
    expected: UNREADABLE,
  },
  {
    name: "the answer is a deflate bomb",
    arrange: async () => answers(200, deflateRawSync(Buffer.alloc(50 * MEGABYTE)), "content-encoding: deflate")(),
    expected: UNREADABLE,
  },
  {
    name: "the answer's gzip breaks off",
    arrange: answers(200, gzipSync('{"id_sms":"1"}').subarray(0, -9), JSON_TYPE, "content-encoding: gzip"),
    expected: UNREADABLE,
  },
  {
    name: "the answer is compressed in an unknown way",
    arrange: answers(200, "\u0001", JSON_TYPE, "content-encoding: lz77"),
    expected: UNREADABLE,
  },
  {
    name: "the answer is compressed twice",
    arrange: answers(200, gzipSync(gzipSync("{}")), JSON_TYPE, "content-encoding: gzip, gzip"),
    expected: UNREADABLE,
  },
];

const NO_JSON: readonly Fault[] = [
  { name: "the answer is empty", arrange: answers(200), expected: UNREADABLE, seenBy: "json" },
  {
    name: "the answer is a web page",
    arrange: answers(200, "<!DOCTYPE html><title>Welcome</title>", "content-type: text/html"),
    expected: UNREADABLE,
    seenBy: "json",
  },
  {
    name: "the answer's JSON breaks off",
    arrange: answers(200, '{"id_sms":"1', JSON_TYPE),
    expected: UNREADABLE,
    seenBy: "json",
  },
  {
    name: "the answer is in a charset that it does not name",
    arrange: answers(200, Buffer.from('{"id_sms":"1"}', "utf16le"), `${JSON_TYPE}; charset=x-nonsense`),
    expected: UNREADABLE,
    seenBy: "json",
  },
  {
    name: "the answer is JSON of another kind",
    arrange: answers(200, '{"unexpected":true}', JSON_TYPE),
    expected: UNREADABLE,
    seenBy: "adapter",
  },
];

const status = (name: string, code: number, expected: Fault["expected"], ...headers: string[]): Fault => ({
  name: `the answer is ${name}`,
  arrange: answers(code, "", ...headers),
  expected,
});

const STATUSES: readonly Fault[] = [
  status("301", 301, MISDIRECTED, "location: /elsewhere"),
  status("302", 302, UNREADABLE, "location: /elsewhere"),
  status("303", 303, UNREADABLE, "location: /elsewhere"),
  status("307", 307, MISDIRECTED, "location: /elsewhere"),
  status("308", 308, MISDIRECTED, "location: /elsewhere"),
  status("400", 400, REFUSED),
  status("401", 401, NO_ACCESS),
  status("402", 402, { code: "NO_CREDIT", outcome: "rejected" }),
  status("403", 403, NO_ACCESS),
  status("404", 404, REFUSED),
  status("408", 408, TIMED_OUT),
  status("414", 414, TOO_LONG),
  status("431", 431, TOO_LONG),
  status("429 with seconds", 429, RATE_LIMITED, "retry-after: 1"),
  {
    name: "the answer is 429 with a date",
    arrange: () => answers(429, "", `retry-after: ${new Date(Date.now() + 1000).toUTCString()}`)(),
    expected: RATE_LIMITED,
  },
  status("429 with an absurd wait", 429, RATE_LIMITED, "retry-after: 99999999999999999999"),
  status("429 without a wait", 429, RATE_LIMITED),
  status("500", 500, SERVER_ERROR),
  status("502", 502, SERVER_ERROR),
  status("503", 503, SERVER_ERROR),
  status("503 with a wait", 503, ASKS_TO_WAIT, "retry-after: 1"),
  status("504", 504, SERVER_ERROR),
];

export const FAULTS: readonly Fault[] = [
  ...BEFORE_THE_REQUEST,
  ...WITHOUT_A_REPLY,
  ...BROKEN_REPLIES,
  ...NO_JSON,
  ...STATUSES,
];
