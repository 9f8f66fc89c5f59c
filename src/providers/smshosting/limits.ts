/** From this many recipients of one text on, sms/sendbulk is meant to be used (providers.md). */
export const BULK_RECIPIENTS = 1000;
