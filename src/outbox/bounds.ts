/**
 * Recipients of one message that are on their way at a time, at most, in one request or in several: a crash leaves no more
 * of it in doubt. Other messages go beside it as the account allows.
 */
export const MAX_UNDER_WAY = 100;
