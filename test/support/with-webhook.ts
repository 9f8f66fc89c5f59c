import { RunningFlow } from "./node-red.ts";
import { Front, WEBHOOK_CREDENTIALS, webhookFlow } from "./webhook.ts";

/** Gives each test of the suite a flow with a webhook, and a front to it, which end with it. */
export function withWebhook(begun: (flow: RunningFlow, front: Front) => void): void {
  let flow: RunningFlow;
  let front: Front;

  beforeEach(async () => {
    flow = await RunningFlow.start(webhookFlow(), WEBHOOK_CREDENTIALS);
    front = await Front.open(flow);
    begun(flow, front);
  });
  afterEach(async () => {
    await front.close();
    await flow.stop();
  });
}
