// The providers that the documents define receive callbacks on a real server, from callbackParams to onCompleted.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ProviderFactory } from '@call-status/core/provider';
import { callStatusMiddleware, createCallStatus, type Provider, type Secret } from '@call-status/express';
import express from 'express';
import { describe, expect, it, vi } from 'vitest';
import { snippetFolder, writeSnippets } from './snippets.ts';

describe('your own provider, on a real server', () => {
  const folder = snippetFolder('own-provider-snippets');
  const files = writeSnippets(folder, 'docs/own-provider.md');
  const fileWith = (text: string): string => files.find(({ code }) => code.includes(text))?.file ?? '';

  it('with a token in the URL, from callbackParams to onCompleted', async () => {
    process.env['ACME_TOKEN'] = 'a long secret';
    const { acme } = (await import(fileWith("signs: 'nothing'"))) as OwnProviders;
    const server = await startWith((onCompleted) => acme({ token: 'a long secret', onCompleted }));
    const send = (url: string) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-acme-event': 'call' },
        body: '{"id":"7","state":"over","seconds":20}',
      });
    expect((await send(server.url)).status).toBe(403);
    for (const target of [server.url, `${server.url}?a=1&filter[state]=over#rt=5`, `${server.url}?token=old`]) {
      const { webhook } = acme.callbackParams({ url: target, token: 'a long secret' });
      expect((await send(webhook)).status).toBe(200);
    }
    expect(await server.completed()).toMatchObject({ callId: '7', durationSeconds: 20, trust: 'token' });
    await server.close();
  });

  it('that signs with HMAC', async () => {
    const { acme } = (await import(fileWith("signs: 'bytes', // verified"))) as OwnProviders;
    const server = await startWith((onCompleted) => acme({ signingKey: ['new', 'old'], onCompleted }));
    const body = '{"id":"7","state":"over","seconds":"20","caller":" 15550001111","at":"2026-06-25 20:26:02 UTC"}';
    const send = (at: number, key: string, type = 'application/json') =>
      fetch(server.url, {
        method: 'POST',
        headers: {
          'content-type': type,
          'x-acme-event': 'call',
          'x-acme-timestamp': String(at),
          'x-acme-signature': createHmac('sha256', key).update(`${at}.${body}`).digest('hex'),
        },
        body,
      });
    const now = Math.floor(Date.now() / 1000);
    expect((await send(now, 'another')).status).toBe(403);
    expect((await send(now - 301, 'new')).status).toBe(403);
    expect((await send(now, 'new', 'application/x-www-form-urlencoded')).status).toBe(403);
    expect((await send(now, 'old')).status).toBe(200);
    expect(await server.completed()).toMatchObject({
      callId: '7',
      durationSeconds: 20,
      from: '+15550001111',
      occurredAt: '2026-06-25T20:26:02.000Z',
      trust: 'signed',
    });
    await server.close();
  });

  it('that posts a JWT, which WebCrypto verifies', async () => {
    const { zenith } = (await import(fileWith("name: 'zenith'"))) as OwnProviders;
    const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const { publicKey, privateKey } = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
    const spki = Buffer.from(await crypto.subtle.exportKey('spki', publicKey)).toString('base64');
    const server = await startWith((onCompleted) => zenith({ publicKey: spki, onCompleted }));
    const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${base64({ alg: 'ES256' })}.${base64({ call: '7', status: 'ended' })}`;
    const signature = Buffer.from(await crypto.subtle.sign(ecdsa, privateKey, Buffer.from(signed))).toString(
      'base64url',
    );
    const send = (body: string) =>
      fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/jwt' }, body });
    const forged = `${base64({ alg: 'ES256' })}.${base64({ call: '8', status: 'ended' })}`;
    expect((await send(signed)).status).toBe(403);
    expect((await send(`${forged}.${signature}`)).status).toBe(403);
    expect((await send(`${signed}.${signature}`)).status).toBe(200);
    expect(await server.completed()).toMatchObject({
      callId: '7',
      trust: 'signed',
      raw: { call: '7', status: 'ended' },
    });
    await server.close();
  });
});

/** What the snippets export. */
interface OwnProviders {
  readonly acme: ProviderFactory<
    'acme',
    unknown,
    { readonly signingKey?: Secret },
    (options: { url: string; token: string }) => { webhook: string }
  >;
  readonly zenith: ProviderFactory<'zenith', unknown, { readonly publicKey?: Secret }, undefined>;
}

interface OwnServer {
  readonly url: string;
  /** The event with which `onCompleted` was called. */
  completed(): Promise<unknown>;
  close(): Promise<void>;
}

/** A server of Express with one provider. */
async function startWith(provide: (onCompleted: (event: unknown) => void) => Provider): Promise<OwnServer> {
  const events: unknown[] = [];
  const calls = createCallStatus({ providers: [provide((event) => events.push(event))], log: silent });
  const server = express().use('/hooks', callStatusMiddleware(calls)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    async completed() {
      await vi.waitFor(() => expect(events).toHaveLength(1));
      return events[0];
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await calls.close();
    },
  };
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };
