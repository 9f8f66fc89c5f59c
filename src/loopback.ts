/** Whether a URL's hostname is this machine itself: nothing sent there leaves it, nor goes through a proxy. */
export function isLoopback(hostname: string): boolean {
  return /^(.+\.)?localhost$|^127(\.\d+){3}$|^\[::1\]$/.test(hostname);
}
