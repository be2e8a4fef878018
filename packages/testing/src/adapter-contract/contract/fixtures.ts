import assert from 'node:assert/strict';
import { assertMatches } from '../../assertions.ts';
import { fixtures } from '../../fixtures/fixtures.ts';
import { genuine, PATH } from '../callbacks.ts';
import { seen } from '../subject.ts';
import type { AdapterSuite } from '../suite.ts';
import { receiptOf } from './encodings.ts';

/** Every fixture has the same result as without a framework. */
export function testFixtures({ mount, describe, each }: AdapterSuite): void {
  describe('fixtures', () => {
    each(
      fixtures(),
      (row) => `${row.provider}/${row.name}`,
      async (open, fixture) => {
        const { provider, url, expect: expected } = fixture;
        const subject = await open({ named: provider });
        const made = genuine({ ...fixture, url: atPath(url) }, subject.origin);
        const receipt = await receiptOf(made, subject.origin, mount.callbackOnly);
        const answer = await subject.send(made);
        assert.equal(answer.status, receipt?.status ?? 201);
        assert.deepEqual(
          subject.errors.map(({ code }) => code),
          receipt?.error ? [receipt.error.code] : [],
        );
        if (receipt === undefined) assertMatches(seen(answer), { event: null, bytes: made.body.length });
        else assert.equal(answer.body, '');
        if (receipt?.event !== undefined) assert.deepEqual(await subject.handled(1), [receipt.event]);

        if (!mount.callbackOnly) return;
        if (expected.kind === 'event') assertMatches(receipt?.event, expected.event);
        else assert.equal(receipt?.error?.code, expected.kind === 'refused' ? expected.code : undefined);
      },
    );
  });
}

function atPath(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? PATH : PATH + url.slice(query);
}
