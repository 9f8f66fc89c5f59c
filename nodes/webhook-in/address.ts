/** The path as it is saved, without slashes at its ends. */
export function trimmedPath(path: string): string {
  return path.trim().replace(/^\/+|\/+$/g, "");
}

/** Whether a path has a segment that clients resolve before they ask, so that nothing ever comes there. */
export function hasDots(path: string): boolean {
  return path.split("/").some((segment) => segment === "." || segment === "..");
}

/**
 * The URL of a webhook. `base` is that of Node-RED as the caller reaches it, `root` that of Node-RED's HTTP nodes, `path` that
 * of the node; the secret stays as it is where it is undefined, and is left out.
 */
export function webhookUrl(base: string, root: string, path: string, secret: string): string {
  const segments = [...root.split("/"), ...trimmedPath(path).split("/").map(encodeURIComponent)];
  return [base.replace(/\/+$/, ""), ...segments.filter((segment) => segment !== ""), encodeURIComponent(secret)].join(
    "/",
  );
}

/**
 * What a person gave as the address by which the internet reaches Node-RED, without slash at its end. Undefined where it is
 * none: http or https, a host, perhaps a path, and nothing more.
 */
export function publicBase(given: string): string | undefined {
  const text = given.trim();
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, search, hash } = new URL(text);
  const isPlain = /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === "");
  return isPlain && !/[?#]/.test(text) ? text.replace(/\/+$/, "") : undefined;
}
