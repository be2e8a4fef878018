const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whether a URL leads to this machine: only there may credentials travel without TLS. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}
