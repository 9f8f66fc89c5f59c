/** What each candidate is given to send, made anew for each message as a flow's function node would. */

export type Kind = "sms" | "request" | "twilio";

/** As the account nodes of the benchmark have them. */
export const CREDENTIALS = { accountId: "bench-account", apiKey: "bench-api-key-0123456789" };

const AUTHORIZATION = `Basic ${Buffer.from(`${CREDENTIALS.accountId}:${CREDENTIALS.apiKey}`).toString("base64")}`;

/** Who gets messages one by one: a flow sends to the same people again and again. */
const PEOPLE = 1000;

/** A mobile number of Chile, of so many. */
export function numberOf(index: number, people: number): string {
  return `+569903${String(index % people).padStart(5, "0")}`;
}

function textOf(index: number): string {
  return `Alarm ${index}: the pressure of pump 7 is ${index % 10} bar`;
}

/** The request that send-sms makes of a message, for those that have to be told it. */
export function requestOf(baseUrl: string, index: number): { url: string; headers: Record<string, string> } {
  const to = numberOf(index, PEOPLE).slice(1);
  return {
    url: `${baseUrl}/send_sms?dst_number=${to}&sms_content=${encodeURIComponent(textOf(index))}`,
    headers: { accept: "application/json", authorization: AUTHORIZATION },
  };
}

export function messageOf(kind: Kind, baseUrl: string, index: number): Record<string, unknown> {
  switch (kind) {
    case "sms":
      return { to: numberOf(index, PEOPLE), payload: textOf(index) };
    case "request":
      return requestOf(baseUrl, index);
    case "twilio":
      return { topic: numberOf(index, PEOPLE), payload: textOf(index) };
  }
}
