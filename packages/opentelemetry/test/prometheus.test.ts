// The alerts and the dashboard in a real Prometheus, which Debian has as `prometheus`.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../../../test/programs.ts';
import { alertExpressions, DOCS, dashboardExpressions } from './expressions.ts';
import { fullService } from './full-service.ts';

const isInstalled = ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
if (!isInstalled) console.warn('NOT tested: the alerts and the dashboard in Prometheus, which is not installed.');

function promtool(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: import.meta.dirname, encoding: 'utf8' });
  return status === 0 ? 'fine' : stdout + stderr;
}

/** Runs Prometheus until the test has ended. It scrapes a URL every second, and fires alerts at once. Returns how to ask its API. */
async function startPrometheus(target: string): Promise<(query: string) => Promise<unknown>> {
  const directory = mkdtempSync(path.join(tmpdir(), 'call-status-'));
  const rules = readFileSync(path.join(DOCS, 'alerts.yml'), 'utf8').replaceAll(/for: \w+/g, 'for: 0s');
  writeFileSync(path.join(directory, 'alerts.yml'), rules);
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['alerts.yml'],
    scrape_configs: [{ job_name: 'voice', static_configs: [{ targets: [new URL(target).host] }] }],
  };
  // JSON is YAML.
  writeFileSync(path.join(directory, 'prometheus.yml'), JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn('prometheus', [
    `--config.file=${path.join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${path.join(directory, 'data')}`,
    `--web.listen-address=${address}`,
    '--log.level=error',
  ]);
  let log = '';
  server.stderr.on('data', (data) => (log += data));
  onTestFinished(async () => {
    if (server.exitCode === null && server.kill('SIGKILL')) await once(server, 'exit');
    rmSync(directory, { recursive: true, force: true });
  });
  return async (query) => {
    if (server.exitCode !== null) throw new Error(`Prometheus has ended: ${log}`);
    const answer = await fetch(`http://${address}/api/v1/${query}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: unknown; error?: string };
    if (status !== 'success') throw new Error(`${query}: ${error}`);
    return data;
  };
}

describe.skipIf(!isInstalled)('Prometheus', () => {
  it('accepts the rules', () => {
    expect(promtool('check', 'rules', path.join(DOCS, 'alerts.yml'))).toBe('fine');
  });

  it('fires each alert when it should, and none when all is well', () => {
    expect(promtool('test', 'rules', 'alerts.test.yml')).toBe('fine');
    const tested = readFileSync(path.join(import.meta.dirname, 'alerts.test.yml'), 'utf8');
    // Once quiet, once firing, at least.
    for (const { of } of alertExpressions()) expect(tested.split(of).length, of).toBeGreaterThanOrEqual(3);
  });

  it('scrapes a service, fires alerts, and has data for every panel', async () => {
    const { url, again } = await fullService();
    const ask = await startPrometheus(url);
    const firing = async (): Promise<Set<string>> => {
      const { alerts } = (await ask('alerts')) as { alerts: { labels: { alertname: string } }[] };
      return new Set(alerts.map(({ labels }) => labels.alertname));
    };
    const empty = async (): Promise<string[]> => {
      const answers = await Promise.all(
        dashboardExpressions().map(async ({ of, text }) => {
          const { result } = (await ask(`query?query=${encodeURIComponent(text)}`)) as { result: unknown[] };
          return result.length === 0 ? [of] : [];
        }),
      );
      return answers.flat();
    };
    await vi.waitFor(
      async () => {
        await again();
        const names = await firing();
        for (const name of ['CallStatusCallbacksNotRecorded', 'CallStatusDeadLetters', 'CallStatusCallbacksRefused'])
          expect(names).toContain(name);
        expect(names).not.toContain('CallStatusNoWorker');
        expect(await empty()).toEqual([]);
      },
      { timeout: 60_000, interval: 500 },
    );
  });
});
