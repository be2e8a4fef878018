import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBoard, type Permissions } from '@call-status/board';
import { createCallStatus, type Inbox, memoryInbox, mycpaas, signalwire } from '@call-status/core';
import { originOf, serveBoard } from '@call-status/core/adapter';
import { parseFixture } from '@call-status/testing';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { type ApiAnswer, apiServer } from '../../../core/test/api-server.ts';
import { record } from './calls.ts';
import { describeInBrowser, openPage } from './chromium.ts';

const CALL = '8b77c41c-1fd2-4a3e-9d6b-0a1b2c3d4e5f';
const ALL: Partial<Permissions> = { view: true, raw: true, replay: true, reconcile: true, forget: true };

/** A board of a service that can ask SignalWire, with one live call. */
async function served({
  answer,
  can = ALL,
  isAlone = false,
}: {
  readonly answer?: () => ApiAnswer;
  readonly can?: Partial<Permissions>;
  /** No service runs on the inbox. */
  readonly isAlone?: boolean;
}): Promise<{ readonly url: string; readonly inbox: Inbox }> {
  const inbox = memoryInbox();
  const api = await apiServer(() => answer?.() ?? { status: 404 });
  const calls = createCallStatus({
    providers: [
      signalwire({ signingKey: 'secret', api: { space: 'acme', project: 'p', token: 't', url: api.url } }),
      mycpaas({ token: 'secret' }),
    ],
    inbox,
    worker: !isAlone,
    log: { warn() {}, error() {} },
  });
  const board = createBoard({
    ...(isAlone ? { inbox, log: { warn() {}, error() {} } } : { calls }),
    allowUnauthenticated: true,
    can: () => can,
  });
  const server = createServer((req, res) => {
    const exchange = { req, res, url: req.url ?? '/', origin: () => originOf(req, () => false) };
    serveBoard(board, exchange, { mountPath: '', frameworkRequest: req }).catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    board.close();
    server.close();
    server.closeAllConnections();
    await calls.close({ deadlineMs: 1000 });
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, inbox };
}

async function openCall(url: string): Promise<Page> {
  const page = await openPage(url);
  await page.locator('tr[data-key] a').first().click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

function ring(inbox: Inbox, provider = 'signalwire'): Promise<void> {
  return record(inbox, 1, 'in-progress', { provider, callId: CALL });
}

describeInBrowser('ask the provider', () => {
  it('records what it says, and shows that', async () => {
    const json = { sid: CALL, status: 'completed', duration: 42, direction: 'outbound-api' };
    const { url, inbox } = await served({ answer: () => ({ json }) });
    await ring(inbox);
    const page = await openCall(url);
    const button = page.getByRole('button', { name: 'Ask the provider' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByText('has answered').waitFor();
    await page.getByRole('cell', { name: 'reconciled', exact: true }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('completed');
    await button.click();
    await page.getByText('This call has ended, and nothing is lacking.').waitFor();
  });

  it('says that nothing is new, and that it does not know the call', async () => {
    let answer: ApiAnswer = { json: { sid: CALL, status: 'in-progress' } };
    const { url, inbox } = await served({ answer: () => answer });
    await ring(inbox);
    const page = await openCall(url);
    const button = page.getByRole('button', { name: 'Ask the provider' });
    await button.click();
    await page.getByText('Nothing new').waitFor();
    // An age would be read out every second.
    expect(await page.locator('[role=status] time').first().textContent()).not.toContain('ago');
    answer = { status: 404 };
    await button.click();
    await page.getByText('does not know this call').waitFor();
    expect((await inbox.getCall('signalwire', CALL))?.events).toHaveLength(1);
  });

  it('leaves a callback to be saved for tests, to those who may see it', async () => {
    const { url, inbox } = await served({});
    await record(inbox, 1, 'busy', { provider: 'mycpaas', callId: CALL, raw: { CallSid: CALL, CallStatus: 'busy' } });
    const page = await openCall(url);
    await page.locator('button.expand').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as fixture' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('busy.http');
    const fixture = parseFixture('mycpaas', 'busy', readFileSync(await download.path()));
    expect(Buffer.from(fixture.body).toString()).toBe(`CallSid=${CALL}&CallStatus=busy`);
  });

  it('says that a provider cannot be asked', async () => {
    const { url, inbox } = await served({});
    await ring(inbox, 'mycpaas');
    const page = await openCall(url);
    await page.getByRole('button', { name: 'Ask the provider' }).click();
    await page.getByText('it documents no way to ask').waitFor();
    expect((await inbox.watches.list()).rows).toEqual([]);
  });

  it('waits, and says so, where no service asks', async () => {
    const { url, inbox } = await served({ isAlone: true });
    await ring(inbox);
    const page = await openCall(url);
    await page.getByRole('button', { name: 'Ask the provider' }).click();
    await page.getByText('Asking signalwire').waitFor();
    const watch = await inbox.watches.get({ provider: 'signalwire', callId: CALL });
    if (watch === undefined) throw new Error('The request is not in the inbox.');
    const at = new Date(Date.now() - 20_000).toISOString();
    await inbox.watches.update(watch, { dueInMs: 0, progress: { ...watch.progress, request: { at } } });
    await page.getByText('no service that can ask signalwire').waitFor();
    expect((await inbox.watches.due({ limit: 1 })).rows).toHaveLength(1);
  });

  it('is hidden from those who may only look, who learn which permission it needs', async () => {
    const { url, inbox } = await served({ can: { view: true } });
    await ring(inbox);
    const page = await openCall(url);
    expect(await page.getByRole('button', { name: /Ask|Forget/ }).count()).toBe(0);
    await page.getByText('ask the provider about it (reconcile)').waitFor();
  });
});
