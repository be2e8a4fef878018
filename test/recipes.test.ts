// The recipes of docs/ run: with the real frameworks, or called as their platform calls them.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { freePort, start, untilUp } from './programs.ts';
import { snippetFolder, writeSnippets } from './snippets.ts';

const folder = snippetFolder('recipe-snippets');
const recipes = writeSnippets(folder, 'docs/recipes.md');
const EXOTEL_TOKEN = 'exotel-token';
const callback = () => new URLSearchParams({ CallSid: '0123456789abcdef0123456789abcdef', Status: 'completed' });

/** The file of the snippet that imports something, or exports it. */
function fileOf(text: string): string {
  const found = recipes.find(({ code }) => code.includes(text));
  if (found === undefined) throw new Error(`No snippet with ${text}`);
  return found.file;
}

it.each([
  ['Hono', "from 'hono'"],
  ['NestJS', "from '@nestjs/core'"],
])('%s takes callbacks, and passes on everything else', async (_, text) => {
  const port = await freePort();
  const INBOX = path.join(mkdtempSync(path.join(tmpdir(), 'call-status-')), 'calls.db');
  const server = start(fileOf(text), { PORT: String(port), EXOTEL_TOKEN, INBOX });
  const url = `http://127.0.0.1:${port}/webhooks/voice`;
  const accepted = await untilUp(server, `${url}?token=${EXOTEL_TOKEN}`, { method: 'POST', body: callback() });
  expect(accepted.status).toBe(200);
  expect((await fetch(url, { method: 'POST', body: callback() })).status).toBe(403);
  expect((await fetch(url)).status).toBe(404);
  await server.printed('0123456789abcdef0123456789abcdef completed');
});

it('a route handler of Next.js answers once the handlers are done', async () => {
  vi.stubEnv('EXOTEL_TOKEN', EXOTEL_TOKEN);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const { POST } = (await import(fileOf('export async function POST'))) as {
    POST(request: Request): Promise<Response>;
  };
  const url = `https://example.com/webhooks/voice?token=${EXOTEL_TOKEN}`;
  expect((await POST(new Request(url, { method: 'POST', body: callback() }))).status).toBe(200);
  expect(log).toHaveBeenCalledWith('0123456789abcdef0123456789abcdef', 'completed');
  const other = new URLSearchParams([...callback(), ['EventType', 'Dial']]);
  expect((await POST(new Request(url, { method: 'POST', body: other }))).status).toBe(404);
  vi.unstubAllEnvs();
  log.mockRestore();
});

it.each([true, false])(
  'a Lambda function answers an event of an HTTP API, with its body in base64: %s',
  async (isBase64Encoded) => {
    vi.stubEnv('EXOTEL_TOKEN', EXOTEL_TOKEN);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { handler } = (await import(fileOf('export async function handler'))) as {
      handler(event: object): Promise<object>;
    };
    const body = callback().toString();
    const event = {
      rawPath: '/webhooks/voice',
      rawQueryString: `token=${EXOTEL_TOKEN}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
      isBase64Encoded,
      requestContext: { domainName: 'example.com', http: { method: 'POST' } },
    };
    expect(await handler(event)).toEqual({ statusCode: 200, headers: {} });
    expect(await handler({ ...event, rawQueryString: '' })).toEqual({ statusCode: 403, headers: {} });
    expect(await handler({ ...event, requestContext: { ...event.requestContext, http: { method: 'GET' } } })).toEqual({
      statusCode: 404,
    });
    vi.unstubAllEnvs();
    log.mockRestore();
  },
);
