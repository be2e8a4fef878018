import type { Logger } from '../log/log.ts';

/** A W3C traceparent: version, trace id, parent id and flags. Ids of zeros only are invalid. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** The application's function, which may do anything: what is no traceparent is ignored. */
export function traceSource(
  traceContext: (() => string | undefined) | undefined,
  log: Logger,
): (() => string | undefined) | undefined {
  if (traceContext === undefined) return undefined;
  let isLogged = false;
  const ignore = (reason: string): undefined => {
    if (isLogged) return;
    isLogged = true;
    try {
      log.debug?.({ code: 'trace_context', reason }, `What traceContext returns is ignored: ${reason} Logged once.`);
    } catch {}
  };
  return () => {
    try {
      const given: unknown = traceContext();
      if (given === undefined) return undefined;
      return typeof given === 'string' && TRACEPARENT.test(given) ? given : ignore('it is not a W3C traceparent.');
    } catch {
      return ignore('the function threw an error.');
    }
  };
}
