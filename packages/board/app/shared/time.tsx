import { signal } from '@preact/signals';
import { serverNow } from '../api/state.ts';
import { formatAgo } from './format.ts';

/** The time by the server's clock; ticks every second. */
export const now = signal(serverNow());
setInterval(() => {
  if (!document.hidden) now.value = serverNow();
}, 1000);

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

interface Props {
  /** ISO 8601. */
  readonly at: string;
  /** `ago`: how long ago. `exact`: date and time. `clock`: the time of day. All in the viewer's zone. */
  readonly as?: 'ago' | 'exact' | 'clock';
}

/** A time; its exact value is at hand. */
export function Time({ at, as = 'ago' }: Props) {
  const ms = Date.parse(at);
  const text = as === 'ago' ? formatAgo(now.value - ms) : (as === 'exact' ? EXACT : CLOCK).format(ms);
  return (
    <time datetime={at} title={as === 'ago' ? `${EXACT.format(ms)} (${at})` : at}>
      {text}
    </time>
  );
}
