import type { ListReport, StateReport, TestReport } from "../../nodes/kit/account-reports.ts";

const PASSWORD = "editor-password";
/** Of that password, by bcrypt, as `node-red admin hash-pw` makes it. */
const HASH = "$2b$04$Xr42Vo4UjVb9bwSINx.gZuIqQsspWVAtlSJWoQYuhrGAwrFtUOQHW";

/** A user whom `logIn` knows. */
export function user(username: string, permissions: string | readonly string[]): object {
  return { username, password: HASH, permissions };
}

/**
 * Settings of a Node-RED where `admin` may do all, `reader` may look, and who is not logged in may do nothing; it logs all
 * that it can.
 */
export function guarded(): Record<string, unknown> {
  return {
    logging: { console: { level: "trace", metrics: false, audit: true } },
    adminAuth: {
      type: "credentials",
      users: [user("admin", "*"), user("reader", "read")],
    },
  };
}

/** The header by which a user shows who they are. */
export async function logIn(url: string, username: string): Promise<Record<string, string>> {
  const body = new URLSearchParams({
    client_id: "node-red-editor",
    grant_type: "password",
    scope: "",
    username,
    password: PASSWORD,
  });
  const answer = await fetch(`${url}auth/token`, { method: "POST", body });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return { authorization: `Bearer ${token}` };
}

interface Draft {
  readonly config: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, unknown>>;
}

/** The routes of the accounts of one type. */
export class AccountRoutes {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, type: string, headers: Record<string, string> = {}) {
    this.#url = `${url}messaging/${type}/`;
    this.#headers = headers;
  }

  post(path: string, body: unknown, contentType = "application/json"): Promise<Response> {
    const headers = { ...this.#headers, "content-type": contentType };
    return fetch(this.#url + path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async test(id: string, draft: Draft): Promise<TestReport> {
    return (await (await this.post(`${id}/test`, draft)).json()) as TestReport;
  }

  async list(id: string, name: string, draft: Draft): Promise<ListReport> {
    return (await (await this.post(`${id}/lists/${name}`, draft)).json()) as ListReport;
  }

  async state(id: string): Promise<StateReport> {
    return (await (await fetch(this.#url + id, { headers: this.#headers })).json()) as StateReport;
  }
}
