import { type Mask, maskDeep } from '@call-status/core/inbox';
import type { Capture } from '../capture/captured.ts';
import type { Examination } from './examine.ts';
import { shownUrl } from './print.ts';

/** What was found out, as one object for programs. */
export function rowOf(
  { provider, diagnosis, isChecked, isValid, outcome, notes }: Examination,
  capture: Capture,
  atMs: number | undefined,
  mask: Mask,
): object {
  const { verdict, verified, findings, tried, complete } = diagnosis;
  const { event, error } = outcome ?? {};
  return {
    provider,
    verdict: isChecked ? verdict : 'not_checked',
    valid: isValid,
    verified,
    findings,
    tried,
    complete,
    request: {
      method: capture.request.method,
      url: shownUrl(capture.request, mask),
      format: capture.format,
      arrivedAt: atMs === undefined ? null : new Date(atMs).toISOString(),
    },
    event:
      event === undefined
        ? null
        : maskDeep(
            {
              callId: event.callId,
              status: event.status,
              rawStatus: event.rawStatus,
              terminal: event.terminal,
              from: event.from ?? null,
              to: event.to ?? null,
              durationSeconds: event.durationSeconds ?? null,
            },
            mask,
          ),
    error: error ?? null,
    notes: [...capture.notes, ...notes],
  };
}
