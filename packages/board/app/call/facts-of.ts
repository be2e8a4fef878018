import type { CallDetail } from '../../src/api/types.ts';

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly kind: 'text' | 'time' | 'link';
}

export interface FactGroup {
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** Shown elsewhere on the page. */
const ELSEWHERE = new Set(['provider', 'status', 'terminal', 'outcome', 'from', 'to', 'parentCallId', 'callId']);

/** All that is known about the call: its plain details first, then a group for each part. */
export function factsOf({ call, watch }: Pick<CallDetail, 'call' | 'watch'>): readonly FactGroup[] {
  const { legs = [], ...rest } = call;
  const details = Object.entries(rest).filter(([name]) => !ELSEWHERE.has(name));
  const groups = details.filter(([, value]) => typeof value === 'object');
  return [
    groupOf('Call', { id: call.callId, ...Object.fromEntries(details) }),
    ...groups.map(([name, value]) => groupOf(name === 'sip' ? 'SIP' : capitalized(wordsOf(name)), value as object)),
    ...legs.map((leg, index) => groupOf(`Leg ${index + 1}`, leg)),
    ...(watch
      ? [groupOf('Watched', { ...watch.expected, since: watch.since, nextCheckAt: watch.dueAt, ...watch.progress })]
      : []),
  ].filter(({ facts }) => facts.length > 0);
}

function groupOf(title: string, values: object): FactGroup {
  const known = Object.entries(values).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return { title, facts: known.map(([name, value]) => factOf(name, value as string | number | boolean)) };
}

const ISO_8601 = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

function factOf(name: string, value: string | number | boolean): Fact {
  const text = typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
  if (name.endsWith('Seconds')) return { name: wordsOf(name.slice(0, -7)), value: `${text} s`, kind: 'text' };
  if (name.endsWith('Ms')) return { name: wordsOf(name.slice(0, -2)), value: `${text} ms`, kind: 'text' };
  const kind = ISO_8601.test(text) ? 'time' : text.startsWith('https://') ? 'link' : 'text';
  return { name: wordsOf(name), value: text, kind };
}

/** @example wordsOf('packetsLost') // 'packets lost' */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
