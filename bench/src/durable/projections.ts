import type { Section } from '../report.ts';
import { EVENTS_PER_CALL } from './events.ts';

/** What one kind of work costs. */
interface WorkCost {
  readonly events: number;
  readonly seconds: number;
  /** Microseconds in node. */
  readonly cpu: number;
  /** Microseconds in the server. */
  readonly serverCpu: number;
  /** Bytes of write-ahead log. */
  readonly wal: number;
}

/** What was measured, in bytes on the disk of each call or event, and in row versions per event. */
export interface Measured {
  readonly callRow: number;
  readonly callIndexes: number;
  readonly eventRow: number;
  readonly eventIndexes: number;
  readonly deadRows: number;
  readonly work: Readonly<Record<'recording' | 'handling' | 'following' | 'sweeping' | 'vacuum', WorkCost>>;
}

/** Callbacks a second. 10,000 is a call center of 1,000,000 agents: each has a call of five callbacks every 500 seconds. */
const RATES = [100, 1000, 10_000] as const;
const SECONDS_PER_DAY = 86_400;
const RETENTION_DAYS = 30;
const GB = 1e9;

/** How long a call lasts, for the number of live ones. */
const CALL_SECONDS = 180;
/** Between checkpoints, by the server's default. */
const CHECKPOINT_SECONDS = 300;
/** Indexes of calls in which each new call has a place of its own: its id, and the numbers forward and reversed. */
const SCATTERED_INDEXES = 5;
const INDEX_ENTRY_BYTES = 60;
const PAGE_BYTES = 8192;

/** What follows from the measurement for larger rates, and which limit comes first. */
export function projections(measured: Measured): Section[] {
  return [onPaper(measured), limits(measured)];
}

function onPaper({ work, ...sizes }: Measured): Section {
  const eventBytes = sizes.eventRow + sizes.eventIndexes + (sizes.callRow + sizes.callIndexes) / EVENTS_PER_CALL;
  const wal = sum(work, ({ wal: bytes, events }) => bytes / events);
  const server = sum(work, ({ serverCpu, events }) => serverCpu / events);
  const node = sum(work, ({ cpu, events }) => cpu / events);
  const figures: [string, (rate: number) => string][] = [
    ['events a day', (rate) => count(rate * SECONDS_PER_DAY)],
    ['calls a day', (rate) => count((rate * SECONDS_PER_DAY) / EVENTS_PER_CALL)],
    [`live calls of ${CALL_SECONDS} s`, (rate) => count((rate / EVENTS_PER_CALL) * CALL_SECONDS)],
    ['GB a day in tables and indexes', (rate) => number((rate * SECONDS_PER_DAY * eventBytes) / GB)],
    [
      `TB with a retention of ${RETENTION_DAYS} days`,
      (rate) => number((rate * SECONDS_PER_DAY * RETENTION_DAYS * eventBytes) / GB / 1000),
    ],
    ['MB/s of log', (rate) => number((rate * wal) / 1e6)],
    ['GB of log a day', (rate) => number((rate * wal * SECONDS_PER_DAY) / GB)],
    ['MB/s of log for full pages, indexes of one day', (rate) => number(fullPages(rate) / 1e6)],
    ['cores of the server', (rate) => number((rate * server) / 1e6)],
    ['cores of all node processes', (rate) => number((rate * node) / 1e6)],
    ['row versions a second that vacuum removes', (rate) => count(rate * sizes.deadRows)],
  ];
  return {
    title: 'On paper, by callbacks a second',
    columns: ['', ...RATES.map(count)],
    rows: figures.map(([name, of]) => [name, ...RATES.map(of)]),
  };
}

/**
 * Bytes a second: the first change of a page after a checkpoint logs all of it, and ids and numbers of calls come in no order. Without
 * `wal_compression`.
 */
function fullPages(rate: number): number {
  const callsPerDay = (rate * SECONDS_PER_DAY) / EVENTS_PER_CALL;
  const pages = (callsPerDay * INDEX_ENTRY_BYTES) / PAGE_BYTES;
  const changes = (rate / EVENTS_PER_CALL) * CHECKPOINT_SECONDS;
  const changed = pages * (1 - Math.exp(-changes / pages));
  return (SCATTERED_INDEXES * changed * PAGE_BYTES) / CHECKPOINT_SECONDS;
}

/** What each part can do by itself on this machine: the lowest breaks first. */
function limits({ work }: Measured): Section {
  const rate = ({ events, seconds }: WorkCost): number => events / seconds;
  const server = sum(work, ({ serverCpu, events }) => serverCpu / events);
  const rows: [number, string, string][] = [
    [rate(work.recording), 'one recording process', 'more processes, up to the cores of the server'],
    [rate(work.handling), 'one worker', 'more workers'],
    [
      rate(work.sweeping),
      'the sweep, which one process does',
      'several schemas or databases, by provider or tenant: each has its own sweep',
    ],
    [rate(work.following), 'one reader of the feed', 'a feed for each schema or database'],
    [
      1e6 / server,
      'one core of the server, for all of it',
      'more cores; then several databases, by provider or tenant',
    ],
  ];
  return {
    title: 'What breaks first: callbacks a second of each part',
    columns: ['part', 'callbacks/s', 'then'],
    rows: rows.sort(([a], [b]) => a - b).map(([limit, part, then]) => [part, Math.round(limit), then]),
  };
}

function sum(work: Measured['work'], of: (cost: WorkCost) => number): number {
  return Object.values(work).reduce((total, cost) => total + of(cost), 0);
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function number(value: number): string {
  return value >= 100 ? count(value) : value.toPrecision(2);
}
