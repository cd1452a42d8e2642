/**
 * Whether a URL's host is this machine itself: the only place where `http:` and no proxy are right for a cloud.
 * `hostname` is as a URL gives it, which has written every address out.
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
