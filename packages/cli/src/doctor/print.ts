import type { AnyCallStatusEvent, Finding } from '@call-status/core';
import type { Mask } from '@call-status/core/inbox';
import { createCallback } from '@call-status/core/provider';
import type { Capture } from '../capture/captured.ts';
import { duration } from '../output/duration.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import type { Examination } from './examine.ts';

/** The line about a request: method, URL, encoding, number of fields, and the headers that may prove it. */
export function headline({ request }: Capture, mask: Mask): string {
  const { method, headers } = request;
  const proofs = Object.keys(headers).filter((name) => /signature|authorization/.test(name));
  return [`${method} ${shownUrl(request, mask)}`, [contentOf(request), ...proofs].join(', ')].map(safe).join('   ');
}

/** The URL of a request, without the values of its query. */
export function shownUrl({ origin, url }: Pick<Capture['request'], 'origin' | 'url'>, mask: Mask): string {
  const [path = '', query] = url.split('?', 2);
  const names = query?.split('&').map((one) => (one.includes('=') ? one.replace(/=.*/s, '=…') : '…'));
  return mask(`${origin}${path}${names === undefined ? '' : `?${names.join('&')}`}`);
}

function contentOf(request: Capture['request']): string {
  try {
    const callback = createCallback(request);
    const kind = request.method === 'GET' ? 'query' : callback.contentType.kind;
    const count = Object.keys(callback.fields).length;
    return `${kind}, ${count === 1 ? '1 field' : `${count} fields`}`;
  } catch {
    return `${request.body.length} bytes`;
  }
}

/** What was found out, as lines. */
export function examinationLines(examination: Examination, { style }: Output, mask: Mask): readonly string[] {
  const { provider, diagnosis, isValid, isChecked, outcome, notes } = examination;
  const { verdict, verified, findings, tried, complete } = diagnosis;
  const mark = isValid ? style.green('✓') : isChecked ? style.red('✗') : style.yellow('?');
  const row = (label: string, text: string): string => `    ${style.dim(label.padEnd(9))} ${safe(text)}`;
  return [
    `  ${mark} ${style.bold(safe(provider))}  ${isChecked ? VERDICTS[verdict] : 'nothing was verified: no secret is known'}`,
    ...(isChecked ? [row('verified', verified)] : []),
    ...findings.flatMap((finding) => findingRows(finding).map(([label, text]) => row(label, text))),
    ...(isChecked && verdict === 'mismatch' && findings.every(({ certain }) => !certain)
      ? [row('tried', `${tried} variants, and none matches${complete ? '' : '; there are more'}`)]
      : []),
    ...(outcome === undefined ? [] : outcomeRows(outcome, mask).map(([label, text]) => row(label, text))),
    ...notes.map((note) => row('note', note)),
  ];
}

const VERDICTS = {
  valid: 'the proof is valid',
  missing: 'the request has no proof',
  mismatch: 'the proof does not match',
  expired: 'the signature is too old',
  not_signed: 'the request needs no proof',
  unknown: 'it cannot be verified here: the provider verifies asynchronously',
} as const;

function findingRows({ causes, evidence, fix, certain }: Finding): readonly [string, string][] {
  return [
    [certain ? 'cause' : 'possible', `${causes.join(' and ').replaceAll('_', ' ')}: ${evidence}`],
    ['fix', fix],
  ];
}

function outcomeRows({ event, error }: NonNullable<Examination['outcome']>, mask: Mask): readonly [string, string][] {
  if (event !== undefined) return [['event', eventText(event, mask)]];
  if (error !== undefined) return [['refused', `${error.code}: ${error.message}`]];
  return [['no event', 'It is another message of the provider, and is passed on to the application.']];
}

/** An event in a line: status, call, numbers, duration. */
export function eventText(
  { status, rawStatus, callId, from, to, durationSeconds }: AnyCallStatusEvent,
  mask: Mask,
): string {
  const word = status === rawStatus ? status : `${status} (${mask(rawStatus)})`;
  const numbers = from === undefined && to === undefined ? [] : [`${mask(from ?? '?')} → ${mask(to ?? '?')}`];
  const spans = durationSeconds === undefined ? [] : [duration(durationSeconds * 1000)];
  return [word, `call ${mask(callId)}`, ...numbers, ...spans].join('  ');
}
