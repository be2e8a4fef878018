import type { HealthPage, Traffic } from '../../src/api/types.ts';
import { formatCount, formatMs, formatPercent, formatSpan } from '../shared/format.ts';

/** The callbacks and the live calls of one provider, as they are shown. */
export interface TrafficRow {
  readonly provider: string;
  /** Callbacks in each of the last 60 minutes; absent where callbacks are not received. */
  readonly perMinute?: readonly number[];
  readonly total?: number;
  readonly refused: string;
  readonly hasRefused: boolean;
  readonly duplicates: string;
  readonly late: string;
  readonly reconciled: string;
  readonly answer: string;
  readonly delay: string;
  readonly live: number | undefined;
  readonly silent: number;
  /** Whether most callbacks are refused now. */
  readonly isRefusing: boolean;
}

/** A row for each provider that is configured, has traffic, or has live calls; by name. */
export function trafficRows(
  configured: readonly string[],
  { health, traffic = [] }: HealthPage,
): readonly TrafficRow[] {
  const names = new Set([
    ...configured,
    ...traffic.map(({ provider }) => provider),
    ...health.providers.map(({ provider }) => provider),
  ]);
  return [...names].sort().map((provider) => {
    const calls = health.providers.find((candidate) => candidate.provider === provider);
    const received = traffic.find((candidate) => candidate.provider === provider);
    return {
      provider,
      ...(received && { perMinute: received.perMinute, total: received.total }),
      refused: share(received, ({ refused }) => refused),
      hasRefused: received !== undefined && received.refused > 0,
      duplicates: share(received, ({ duplicates }) => duplicates),
      late: share(received, ({ late }) => late),
      reconciled: received ? formatCount(received.reconciled) : '–',
      answer: received?.answerMs ? `${formatMs(received.answerMs.p50)} · ${formatMs(received.answerMs.p99)}` : '–',
      delay: received?.delayMs ? formatSpan(received.delayMs.p99) : '–',
      live: calls?.live ?? (calls ? undefined : 0),
      silent: calls?.silent ?? 0,
      isRefusing: received !== undefined && isRefusing(received),
    };
  });
}

/** Whether more than half of the callbacks of the last 5 minutes were refused. */
export function isRefusing({ recent }: Traffic): boolean {
  return recent.refused * 2 > recent.total;
}

/** The course of the callbacks, in words. */
export function trafficLabel(perMinute: readonly number[]): string {
  const total = perMinute.reduce((sum, count) => sum + count, 0);
  return `${total} callbacks in the last hour, at most ${Math.max(0, ...perMinute)} a minute, ${perMinute.at(-1) ?? 0} in the last one`;
}

function share(traffic: Traffic | undefined, pick: (traffic: Traffic) => number): string {
  return traffic && traffic.total > 0 ? formatPercent((100 * pick(traffic)) / traffic.total) : '–';
}
