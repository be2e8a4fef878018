import { describe, expect, it } from 'vitest';
import type { Adapter, Mount } from '../adapter.ts';
import { genuine, PATH } from '../callbacks.ts';
import { loadFixtures } from '../fixtures.ts';
import { open, seen } from '../subject.ts';
import { receiptOf } from './encodings.ts';

/** Every fixture becomes what it becomes without a framework. */
export function testFixtures(adapter: Adapter, mount: Mount): void {
  describe('fixtures', () => {
    it.each(loadFixtures())('$provider/$name', async (fixture) => {
      const { provider, url, expect: expected } = fixture;
      const subject = await open(adapter, { mount: mount.name, named: provider });
      const made = genuine({ ...fixture, url: atPath(url) }, subject.origin);
      const receipt = await receiptOf(made, subject.origin, mount.callbackOnly);
      const answer = await subject.send(made);
      expect(answer.status).toBe(receipt?.status ?? 201);
      expect(subject.errors.map(({ code }) => code)).toEqual(receipt?.error ? [receipt.error.code] : []);
      if (receipt === undefined) expect(seen(answer)).toMatchObject({ event: null, bytes: made.body.length });
      else expect(answer.body).toBe('');
      if (receipt?.event !== undefined) expect(await subject.handled(1)).toEqual([receipt.event]);

      if (!mount.callbackOnly) return;
      if (expected.kind === 'event') expect(receipt?.event).toMatchObject(expected.event);
      else expect(receipt?.error?.code).toBe(expected.kind === 'refused' ? expected.code : undefined);
    });
  });
}

function atPath(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? PATH : PATH + url.slice(query);
}
