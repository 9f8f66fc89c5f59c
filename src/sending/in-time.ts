import { tooLate } from "./not-now.ts";

/** Milliseconds of a budget that are used up. */
export interface Time {
  spentMs: number;
}

/** Counts the waiting for what others do, such as a login, into a piece of work's time. */
export async function inTime<T>(waiting: Promise<T>, time: Time, ofMs: number): Promise<T> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(ofMs)), Math.max(0, ofMs - time.spentMs));
  });
  try {
    return await Promise.race([waiting, over]);
  } finally {
    clearTimeout(timer);
    time.spentMs += performance.now() - startedAt;
  }
}
