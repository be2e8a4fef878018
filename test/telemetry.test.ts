// The recipe for Prometheus measures what the alerts read.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createCallStatus, mycpaas } from '@call-status/core';
import { callback } from '@call-status/testing';
import { register } from 'prom-client';
import { expect, it, onTestFinished, vi } from 'vitest';
import { root, snippetFolder, writeSnippets } from './snippets.ts';

/** The value of a metric with these labels. */
async function sampleOf(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const { values = [] } =
    (await (register.getSingleMetric(name) as { get(): Promise<Measured> } | undefined)?.get()) ?? {};
  const found = values.find((one) =>
    Object.entries(labels).every(([label, value]) => `${one.labels[label]}` === value),
  );
  return found?.value;
}

interface Measured {
  readonly values: readonly { readonly labels: Record<string, string | number>; readonly value: number }[];
}

it('the recipe with prom-client counts callbacks and dead letters, shows when nothing reports, and has every metric of the alerts', async () => {
  const recipe = writeSnippets(snippetFolder('telemetry-snippets'), 'docs/telemetry.md').find(({ code }) =>
    code.includes('prom-client'),
  );
  await import(recipe?.file ?? '');
  const calls = createCallStatus({
    providers: [mycpaas({ token: 'a-long-secret-of-the-test' })],
    log: { info() {}, warn() {}, error() {} },
    retry: { attempts: 1 },
    onFailed() {
      throw new Error('no');
    },
  });
  onTestFinished(() => calls.close());
  await calls.receive(callback(mycpaas, 'failed', { token: 'a-long-secret-of-the-test' }));
  await calls.receive(callback(mycpaas, 'ringing', { token: 'guessed' }));
  const ofProvider = { provider: 'mycpaas' };
  await vi.waitFor(async () => {
    expect(await sampleOf('call_status_dead_letters_total', { ...ofProvider, handler: 'onFailed' })).toBe(1);
    expect(await sampleOf('call_status_inbox_events', { state: 'due' })).toBeGreaterThanOrEqual(0);
  });
  const recorded = { ...ofProvider, outcome: 'advance', http_response_status_code: '200' };
  const refused = { ...ofProvider, outcome: 'token_mismatch', http_response_status_code: '403' };
  expect(await sampleOf('call_status_callbacks_total', recorded)).toBe(1);
  expect(await sampleOf('call_status_callbacks_total', refused)).toBe(1);

  expect(await sampleOf('call_status_inbox_receivers')).toBe(1);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 70_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect(await sampleOf('call_status_inbox_receivers')).toBe(0);
  expect(await sampleOf('call_status_inbox_events', { state: 'due' })).toBeUndefined();

  const names = register.getMetricsAsArray().map(({ name }) => name);
  const alerts = readFileSync(path.join(root, 'docs/alerts.yml'), 'utf8');
  const read = [...alerts.matchAll(/call_status_\w+(?:\(_seconds\)\?)?/g)].map(([name]) => name);
  expect(new Set(read).size).toBe(6);
  for (const name of read)
    expect(
      names.some((one) => new RegExp(`^${name}$`).test(one)),
      name,
    ).toBe(true);
});
