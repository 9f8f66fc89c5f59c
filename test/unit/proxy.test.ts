import { strict as assert } from "node:assert";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { HttpClient } from "../../src/http.ts";
import { selfSigned } from "../support/certificate.ts";
import { connectProxy, rawServer, reply, setProxy } from "../support/raw-server.ts";
import type { Behaviour, RawServer } from "../support/raw-server.ts";
import { failure } from "../support/failure.ts";

const OK: Behaviour = { onRequest: (socket) => void socket.write(reply(200, "{}")) };

/** Undone in reverse order after each test. */
let undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

async function use(starting: Promise<RawServer>): Promise<RawServer> {
  const server = await starting;
  undo.push(() => server.close());
  return server;
}

/** A client made in an environment with these proxy variables and no others. */
function clientWith(environment: Record<string, string>): HttpClient {
  undo.push(setProxy(environment));
  const client = new HttpClient({ connections: 2 });
  undo.push(() => client.close());
  return client;
}

function trust(...certificates: string[]): void {
  const before = getCACertificates("default");
  setDefaultCACertificates([...before, ...certificates]);
  undo.push(() => setDefaultCACertificates(before));
}

function send(client: HttpClient, url: string, timeoutMs = 3000) {
  return client.send({ operation: "send_sms", method: "POST", url, body: "{}" }, { timeoutMs });
}

const requestLines = ({ heads }: RawServer) => heads.map((head) => head.split("\r\n")[0]);

describe("a proxy in the environment", () => {
  for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) {
    it(`is used for https by ${name}, and cannot read along`, async () => {
      const certificate = selfSigned("provider.invalid");
      trust(certificate.cert);
      const provider = await use(rawServer({ ...OK, certificate }));
      const proxy = await use(connectProxy({ to: provider.port }));
      const { status } = await send(clientWith({ [name]: proxy.url }), "https://provider.invalid/v1/send_sms?to=1");
      assert.equal(status, 200);
      assert.deepEqual(requestLines(proxy), ["CONNECT provider.invalid:443 HTTP/1.1"]);
      assert.deepEqual(requestLines(provider), ["POST /v1/send_sms?to=1 HTTP/1.1"]);
    });
  }

  it("gets the name and password of its URL, which no error shows", async () => {
    const provider = await use(rawServer({}));
    const proxy = await use(connectProxy({ to: provider.port }));
    const url = proxy.url.replace("//", "//me:p%40ss-word@");
    const client = clientWith({ HTTP_PROXY: url });
    const { message, cause, stack } = await failure(send(client, "http://provider.invalid/", 200));
    assert.match(proxy.heads[0] ?? "", new RegExp(`proxy-authorization: Basic ${btoa("me:p@ss-word")}`));
    assert.doesNotMatch(JSON.stringify([message, cause, stack]), /ss-word|p%40ss/);
    // Written through the tunnel, so it may have been taken.
    assert.deepEqual([cause.code, cause.outcome, provider.heads.length], ["TIMEOUT", "unknown", 1]);
    assert.doesNotMatch(provider.heads[0] ?? "", /proxy-authorization/);
  });

  it("is never asked for this machine itself", async () => {
    const provider = await use(rawServer(OK));
    const proxy = await use(connectProxy(502));
    const client = clientWith({ HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url });
    await send(client, provider.url);
    await send(client, provider.url.replace("127.0.0.1", "localhost"));
    assert.deepEqual([provider.heads.length, proxy.connections()], [2, 0]);
  });

  it("is not asked for what NO_PROXY names", async () => {
    const proxy = await use(connectProxy(502));
    const client = clientWith({ HTTPS_PROXY: proxy.url, NO_PROXY: "example.com,.invalid" });
    const { message } = await failure(send(client, "https://provider.invalid/"));
    assert.match(message, /host name provider\.invalid/);
    assert.equal(proxy.connections(), 0);
  });
});

describe("a proxy that does not let us through", () => {
  const cases: [string, Parameters<typeof connectProxy>[0], RegExp][] = [
    ["asks for a password", 407, /the proxy asks for a name and password \(HTTP 407\)\. Put them into HTTPS_PROXY\.$/],
    ["refuses the host", 403, /the proxy did not open the way to provider\.invalid \(HTTP 403\)\. Check HTTPS_PROXY/],
    ["cannot reach the host", 502, /\(HTTP 502\)/],
    ["closes the connection", "close", /the proxy on the way to provider\.invalid could not be used/],
  ];
  for (const [name, answer, words] of cases) {
    it(`is told apart from the provider when it ${name}, and is asked once`, async () => {
      const proxy = await use(connectProxy(answer));
      const { message, cause } = await failure(
        send(clientWith({ HTTPS_PROXY: proxy.url }), "https://provider.invalid/"),
      );
      assert.match(message, words);
      assert.deepEqual([cause.code, cause.outcome, cause.retryable], ["UNREACHABLE", "not-sent", true]);
      assert.deepEqual([proxy.heads.length, proxy.connections()], [1, 1]);
    });
  }

  it("is named when nobody listens there", async () => {
    const proxy = await rawServer({});
    await proxy.close();
    const { message, cause } = await failure(send(clientWith({ HTTPS_PROXY: proxy.url }), "https://provider.invalid/"));
    assert.match(message, /the proxy .* \(ECONNREFUSED\)/);
    assert.equal(cause.outcome, "not-sent");
  });

  it("is named when its URL is none", async () => {
    for (const url of ["proxy.invalid:3128", "http://", "ftp://proxy.invalid"]) {
      const { message, cause } = await failure(send(clientWith({ HTTPS_PROXY: url }), "https://provider.invalid/"));
      assert.match(message, /the proxy in the environment is not an http or https URL\. Check HTTPS_PROXY/);
      assert.deepEqual([cause.outcome, cause.retryable], ["not-sent", false]);
    }
  });

  it("leaves no connection behind when the client is closed", async () => {
    const proxy = await use(connectProxy("silence"));
    const client = clientWith({ HTTPS_PROXY: proxy.url });
    const { cause } = await failure(send(client, "https://provider.invalid/", 100));
    assert.deepEqual([cause.code, cause.outcome], ["TIMEOUT", "not-sent"]);
    await client.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(proxy.open(), 0);
  });
});

describe("TLS", () => {
  const behind = async (behaviour: Behaviour) => {
    const provider = await use(rawServer(behaviour));
    const proxy = await use(connectProxy({ to: provider.port }));
    return { provider, client: clientWith({ HTTPS_PROXY: proxy.url }) };
  };

  it("refuses a certificate for another name", async () => {
    const certificate = selfSigned("another.invalid");
    trust(certificate.cert);
    const { provider, client } = await behind({ ...OK, certificate });
    const { message, cause } = await failure(send(client, "https://provider.invalid/"));
    assert.match(message, /certificate of provider\.invalid is made out to another name/);
    assert.deepEqual([cause.outcome, provider.heads.length], ["not-sent", 0]);
  });

  it("says so again for the next request, also over a single connection", async () => {
    const certificate = selfSigned("another.invalid");
    trust(certificate.cert);
    const provider = await use(rawServer({ ...OK, certificate }));
    undo.push(setProxy());
    const client = new HttpClient({ connections: 1 });
    for (const port of [provider.port, provider.port]) {
      const { message } = await failure(send(client, `https://localhost:${port}/`));
      assert.match(message, /made out to another name/);
    }
    const start = performance.now();
    await client.close();
    assert.ok(performance.now() - start < 2500);
    assert.equal(provider.heads.length, 0);
  });

  it("refuses a certificate that has expired, although its authority is known", async () => {
    const certificate = selfSigned("provider.invalid", { days: -1 });
    trust(certificate.cert);
    const { provider, client } = await behind({ ...OK, certificate });
    const { message, cause } = await failure(send(client, "https://provider.invalid/"));
    assert.match(message, /certificate of provider\.invalid has expired .* check this machine's clock/i);
    assert.deepEqual([cause.outcome, provider.heads.length], ["not-sent", 0]);
  });

  it("refuses a certificate from an unknown authority", async () => {
    const { provider, client } = await behind({ ...OK, certificate: selfSigned("provider.invalid") });
    const { message, cause } = await failure(send(client, "https://provider.invalid/"));
    assert.match(message, /unknown authority.*NODE_EXTRA_CA_CERTS/);
    assert.deepEqual([cause.outcome, provider.heads.length], ["not-sent", 0]);
  });

  it("counts a handshake that is not answered behind a tunnel as not sent", async () => {
    const { client } = await behind({});
    const { cause } = await failure(send(client, "https://provider.invalid/", 200));
    assert.deepEqual([cause.code, cause.outcome], ["TIMEOUT", "not-sent"]);
  });

  it("counts silence after the handshake as unknown", async () => {
    const certificate = selfSigned("provider.invalid");
    trust(certificate.cert);
    const { provider, client } = await behind({ certificate });
    const { cause } = await failure(send(client, "https://provider.invalid/", 300));
    assert.deepEqual([cause.code, cause.outcome, provider.heads.length], ["TIMEOUT", "unknown", 1]);
  });
});
