// The recipes of docs/access-logs.md keep tokens out of logs, with the real libraries.
import { randomBytes } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { freePort, start, untilUp } from './programs.ts';
import { blocks, snippetFolder, writeSnippets } from './snippets.ts';

const folder = snippetFolder('access-log-snippets');
const recipes = writeSnippets(folder, 'docs/access-logs.md').map(
  ({ code, file }) => [title(code), file] as [string, string],
);

function title(code: string): string {
  return [...code.matchAll(/from '([^@'][^']*)'/g)].map(([, name]) => name).join(' and ');
}

it('there is a recipe for each logger', () => {
  expect(recipes.map(([name]) => name)).toEqual([
    'fastify',
    'express and morgan',
    'express and pino-http',
    'koa and koa-logger',
  ]);
});

it.each(recipes)('no token is logged by %s', async (_, file) => {
  const [token, wrong] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')];
  const port = await freePort();
  const server = start(file, { PORT: String(port), EXOTEL_TOKEN: token, NODE_ENV: 'test', NODE_DEBUG: 'call-status' });
  const url = `http://127.0.0.1:${port}/webhooks/voice`;
  const post = (query: string, fields: Record<string, string>) =>
    ({ url: url + query, init: { method: 'POST', body: new URLSearchParams(fields) } }) as const;
  const call = { CallSid: '0123456789abcdef0123456789abcdef', Status: 'completed' };
  const accepted = post(`?token=${token}`, call);
  expect((await untilUp(server, accepted.url, accepted.init)).status).toBe(200);
  const others = [
    [403, post(`?token=${wrong}`, call)],
    [413, post(`?token=${token}`, { ...call, CustomField: 'x'.repeat(70_000) })],
    [404, post(`?token=${token}`, { ...call, EventType: 'Dial' })],
    [404, { url: `${url}/other?token=${token}`, init: { method: 'DELETE' } }],
    [404, { url: `${url}?token=${token}`, init: { method: 'GET' } }],
  ] as const;
  for (const [status, { url: other, init }] of others) expect((await fetch(other, init)).status, other).toBe(status);
  await vi.waitFor(() => expect(server.output().match(/\/webhooks\/voice/g)?.length).toBeGreaterThanOrEqual(6));
  expect(server.output()).not.toContain(token);
  expect(server.output()).not.toContain(wrong);
});

it('the expression for nginx takes the path and leaves the query', () => {
  const [nginx = ''] = blocks('docs/access-logs.md', 'nginx');
  const [, source = ''] = /"~(\^\S+)" \$path_of_request;/.exec(nginx) ?? [];
  const path = (uri: string) => new RegExp(source).exec(uri)?.groups?.['path_of_request'];
  expect(path('/webhooks/voice?token=secret')).toBe('/webhooks/voice');
  expect(path('/webhooks/voice')).toBe('/webhooks/voice');
  expect(path('/a?b?token=secret')).toBe('/a');
  const format = nginx.slice(nginx.indexOf('log_format'));
  expect(format).toContain('$path_only');
  expect(format).not.toMatch(/\$(request|request_uri|uri|args|query_string|http_referer)\b(?!_)/);
});
