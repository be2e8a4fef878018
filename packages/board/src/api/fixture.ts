import type { AnyCallStatusEvent } from '@call-status/core';
import { writtenAnew } from './curl.ts';

/** What a receiver adds to the fields of a provider. */
const ADDED: ReadonlySet<string> = new Set([
  'id',
  'provider',
  'tenant',
  'terminal',
  'transition',
  'receivedAt',
  'trust',
  'source',
  'raw',
]);

/**
 * A callback as a file that `parseFixture` of `@call-status/testing` reads, with the event that comes of it. It says what it lacks: the
 * inbox keeps fields, not requests.
 */
export function fixtureOf(event: AnyCallStatusEvent): string {
  const { provider, receivedAt, raw } = event;
  const { type, body } = writtenAnew(raw);
  const expected = Object.fromEntries(Object.entries(event).filter(([name]) => !ADDED.has(name)));
  return [
    `# evidence: constructed after observed - fields of a callback of ${receivedAt}; its headers, signature, URL and bytes were not kept`,
    '# expect: event',
    ...JSON.stringify(expected, undefined, 2)
      .split('\n')
      .map((line) => `#   ${line}`),
    `POST /webhooks/${provider} HTTP/1.1`,
    `Content-Type: ${type}`,
    '',
    body,
  ].join('\r\n');
}
