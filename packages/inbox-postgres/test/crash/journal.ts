import { COURSE } from './settings.ts';

/** What a journal of attempts proves. All lists must be empty, except `repeats`. */
export interface Findings {
  /** Events that were handled. */
  readonly handled: ReadonlySet<string>;
  /** Attempts that began before an earlier event of their call was handled, or after a later one had begun. */
  readonly outOfOrder: readonly string[];
  /** Attempts that began while another event of their call was being handled. */
  readonly twoAtATime: readonly string[];
  /** Attempts at events that had been handled, in flight when their host was killed or the server failed. */
  readonly repeats: readonly string[];
  /** Other attempts at events that had been handled. */
  readonly unexplained: readonly string[];
}

interface Attempt {
  readonly host: string;
  readonly event: string;
  /** Where it began. A connection that was lost during an attempt undoes it, though the handler learns of it afterwards. */
  readonly line: number;
}

interface CallState {
  /** How many events of the course were handled. */
  handled: number;
  /** How many of them had an attempt. */
  begun: number;
  running: Attempt | undefined;
  /** The last attempt that succeeded. */
  last: Attempt | undefined;
}

/**
 * Reads a journal: `began|failed|handled <host> <number> <call> <status>`, `killed <host>`, `disturbing` (the server is about to fail,
 * or to lose its connections), `disturbed` (it is over). Its lines are in the order in which they happened, whichever process wrote them.
 *
 * @param concurrency how many events a host has in flight at most
 */
export function judge(lines: readonly string[], concurrency: number): Findings {
  const calls = new Map<string, CallState>();
  const killedAt = new Map<string, number>();
  const disturbances: number[] = [];
  let isDisturbed = false;
  const handled = new Set<string>();
  const outOfOrder: string[] = [];
  const twoAtATime: string[] = [];
  const repeats: string[] = [];
  const unexplained: string[] = [];
  /** Which events each failure explains already, by host. A repeat may fail, and be tried again. */
  const explained = new Map<string, Set<string>>();

  const explains = (last: Attempt | undefined): boolean => {
    if (last === undefined) return false;
    const killed = killedAt.get(last.host);
    // Of what has begun while the server fails, too, some is lost, and comes back before the end of that is noted.
    const failure = disturbances.find((line) => line > last.line) ?? (isDisturbed ? 'now' : killed);
    if (failure === undefined) return false;
    const key = `${failure} ${last.host}`;
    const events = (explained.get(key) ?? new Set()).add(last.event);
    explained.set(key, events);
    return events.size <= concurrency;
  };

  for (const [line, text] of lines.entries()) {
    const [what, host = '', , callId = '', status = ''] = text.split(' ');
    if (what === 'killed') killedAt.set(host, line);
    else if (what === 'disturbing' || what === 'disturbed') {
      disturbances.push(line);
      isDisturbed = what === 'disturbing';
    } else {
      const call = calls.get(callId) ?? { handled: 0, begun: 0, running: undefined, last: undefined };
      calls.set(callId, call);
      const event = `${callId} ${status}`;
      if (what !== 'began') {
        const ended = call.running;
        const isKnown = ended?.host === host && ended.event === event;
        if (isKnown) call.running = undefined;
        if (what === 'failed') continue;
        handled.add(event);
        call.last = isKnown ? ended : { host, event, line };
        call.handled = Math.max(call.handled, COURSE.indexOf(status as never) + 1);
        continue;
      }
      const { running } = call;
      if (running !== undefined && !killedAt.has(running.host)) twoAtATime.push(`${text}, during ${running.event}`);
      call.running = { host, event, line };
      const at = COURSE.indexOf(status as never);
      if (at > call.handled || at < call.begun - 1) outOfOrder.push(text);
      else if (at < call.handled)
        (explains(call.last) ? repeats : unexplained).push(`${text}, handled by ${call.last?.host}`);
      call.begun = Math.max(call.begun, at + 1);
    }
  }
  return { handled, outOfOrder, twoAtATime, repeats, unexplained };
}
