import type { Watch } from '@call-status/core/inbox';
import { ago, duration } from '../output/duration.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import type { Privacy } from './privacy.ts';

/** A watched call, for people. */
export function shownWatch(
  { since, dueAt, expected, call, progress }: Watch,
  { text }: Privacy,
  output: Output,
): string {
  const { asked, told, failed } = progress;
  const what = expected !== undefined && call === undefined ? 'expected, without a callback' : 'watched';
  const lines = [
    `  ${output.style.bold('Watch')}  ${what} since ${since} (${ago(since)})`,
    `  next check ${inTime(dueAt)}, the provider was asked ${asked === 1 ? 'once' : `${asked} times`}`,
    ...(told.length === 0 ? [] : [`  notices delivered: ${told.join(', ')}`]),
    ...(failed === undefined ? [] : [`  notice not delivered: ${failed.reason}: ${safe(text(failed.error))}`]),
  ];
  return lines.join('\n');
}

function inTime(iso: string): string {
  const ms = Date.parse(iso) - Date.now();
  return ms <= 0 ? 'due' : `in ${duration(ms)}`;
}
