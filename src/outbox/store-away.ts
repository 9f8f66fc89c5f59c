import { MessagingError } from "../error.ts";

/**
 * The store cannot be reached, or lets nobody in. Whatever was being done meanwhile, this is one trouble; it is over when the
 * store says so (`StoreEvents.onWell`).
 */
export class StoreAway extends MessagingError {}
