import type { Value } from '../engine.ts';

/** Finds a call by its {@link callKey}. */
export const OF_CALL = 'call_hash = ? AND call_id = ? AND provider = ? AND tenant = ?';

/** Finds the call of a watch. */
export const CALL_OF_WATCH = `
  calls ON calls.call_hash = watches.call_hash AND calls.call_id = watches.call_id AND calls.provider = watches.provider
    AND calls.tenant = watches.tenant`;

/** The parameters of {@link OF_CALL}. */
export function callKey(provider: string, tenant: string, callId: string): Value[] {
  return [hashOfCallId(callId), callId, provider, tenant];
}

/** FNV-1a over UTF-16 code units. Other calls may have the same. */
export function hashOfCallId(callId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < callId.length; at++) hash = Math.imul(hash ^ callId.charCodeAt(at), 0x01000193);
  return hash | 0;
}
