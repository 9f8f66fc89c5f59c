/** From this many recipients of one text on, sms/sendbulk is meant to be used (providers.md). */
export const BULK_RECIPIENTS = 1000;

/** What one question asks for at most: the provider's own default is 20, and it does not say how much it allows. */
export const PAGE_SIZE = 100;

/** Ids of messages are numbers (document, push/send): anything else is the reference of a send. */
export function isMessageId(id: string): boolean {
  return /^\d+$/.test(id);
}
