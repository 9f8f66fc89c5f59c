/** How often is looked for news, in milliseconds. */
const EVERY_MS = 1000;

/** After a failure: Node-RED may be restarting. */
const PAUSE_MS = 5000;

/**
 * Calls `look` again and again while the element can be seen, and not at all while it cannot: its tab is not the chosen one, the
 * sidebar is closed, or the window is in the background. `look` resolves with whether it went well, and never rejects.
 */
export function watch(element: Element, look: (signal: AbortSignal) => Promise<boolean>): void {
  let isShown = false;
  let looking: AbortController | undefined;
  let timer: number | undefined;

  const round = async (signal: AbortSignal): Promise<void> => {
    const went = await look(signal);
    if (!signal.aborted) timer = window.setTimeout(() => void round(signal), went ? EVERY_MS : PAUSE_MS);
  };
  const update = () => {
    const isWanted = isShown && !document.hidden;
    if (isWanted === (looking !== undefined)) return;
    window.clearTimeout(timer);
    looking?.abort();
    looking = isWanted ? new AbortController() : undefined;
    if (looking) void round(looking.signal);
  };
  document.addEventListener("visibilitychange", update);
  new IntersectionObserver((entries) => {
    isShown = entries.at(-1)?.isIntersecting ?? false;
    update();
  }).observe(element);
}
