/**
 * The load: many connections to several servers at once, each sending its next callback when the last one is answered.
 * Requests are made beforehand, so that a request costs little more here than a write and a read, the same for each server.
 */
import { connect, type Socket } from 'node:net';
import { bytesOf, type CallbackKind, callback } from './callbacks.ts';
import { answerWith } from './child.ts';
import { quantile } from './statistics.ts';

/** Makes callbacks, so that each server gets each of them once at most. */
export interface PrepareLoad {
  readonly prepare: readonly CallbackKind[];
  readonly count: number;
}

/** Sends callbacks to servers, all at the same time, until the time is over or a server has had all that are prepared. */
export interface RunLoad {
  readonly targets: readonly LoadTarget[];
  readonly connections: number;
  readonly seconds: number;
  /** So many requests per second for each server; without, each connection sends its next when the last one is answered. */
  readonly rate?: number;
}

/** A server under load. */
export interface LoadTarget {
  readonly port: number;
  readonly kind: CallbackKind;
}

/** What one server did under load. */
export interface LoadResult {
  readonly requests: number;
  /** Answers other than an empty 200. */
  readonly errors: number;
  readonly seconds: number;
  /** Latency in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const HEAD_OK = 'HTTP/1.1 200';

const prepared = new Map<CallbackKind, Buffer[]>();
/** How many callbacks each port had. */
const sent = new Map<number, number>();
let nextNumber = 0;

answerWith((message: PrepareLoad | RunLoad) => ('prepare' in message ? prepare(message) : run(message)));

function prepare({ prepare: kinds, count }: PrepareLoad): void {
  prepared.clear();
  for (const kind of kinds) {
    prepared.set(
      kind,
      Array.from({ length: count }, (_, at) => bytesOf(callback(nextNumber + at, kind))),
    );
  }
  nextNumber += count;
  sent.clear();
}

async function run({ targets, ...how }: RunLoad): Promise<LoadResult[]> {
  return Promise.all(targets.map((target) => drive(target, how)));
}

async function drive(
  { port, kind }: LoadTarget,
  { connections, seconds, rate }: Omit<RunLoad, 'targets'>,
): Promise<LoadResult> {
  const callbacks = prepared.get(kind) ?? [];
  const latencies: number[] = [];
  let errors = 0;
  const started = performance.now();
  const end = started + seconds * 1000;
  let turns = 0;
  const next = (): Turn | undefined => {
    const due = rate === undefined ? performance.now() : started + (turns++ * 1000) / rate;
    if (due >= end) return undefined;
    const at = sent.get(port) ?? 0;
    const bytes = callbacks[at];
    if (bytes === undefined) return undefined;
    sent.set(port, at + 1);
    return { bytes, due };
  };
  const answered = (head: string, latency: number): void => {
    latencies.push(latency);
    if (!head.startsWith(HEAD_OK)) errors++;
  };
  await Promise.all(Array.from({ length: connections }, () => converse(port, next, answered)));
  return {
    requests: latencies.length,
    errors,
    seconds: (performance.now() - started) / 1000,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

/** A request, and when it is to be sent. */
interface Turn {
  readonly bytes: Buffer;
  readonly due: number;
}

/** One connection: a request, its answer, the next request, until there is none. */
function converse(
  port: number,
  next: () => Turn | undefined,
  answered: (head: string, latency: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let head = '';
    const send = (): void => {
      const turn = next();
      if (turn === undefined) {
        socket.end();
        return;
      }
      const early = turn.due - performance.now();
      if (early > 0) {
        setTimeout(write, early, turn.bytes, undefined);
        return;
      }
      // One that is late because no connection was free has waited since then.
      write(turn.bytes, turn.due);
    };
    const write = (bytes: Buffer, due = performance.now()): void => {
      sentAt = due;
      socket.write(bytes);
    };
    socket.on('connect', send);
    // Answers have no body, so an answer ends with its head.
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (!head.endsWith('\r\n\r\n')) return;
      answered(head, performance.now() - sentAt);
      head = '';
      send();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
  });
}
