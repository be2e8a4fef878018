import assert from 'node:assert/strict';
import { type AnyCallStatusEvent, exotel, type Handler, mycpaas, type Provider, signalwire } from '@call-status/core';
import { assertMatches } from '../../assertions.ts';
import { callback, genuine, SECRET } from '../callbacks.ts';
import type { AdapterSuite } from '../suite.ts';

/** Tenants on one receiver cannot write into each other's calls. */
export function testTenants({ describe, it, each }: AdapterSuite): void {
  describe('tenants', () => {
    const tenantOf = (url: string): string | undefined => /[?&]tenant=(\w+)/.exec(url)?.[1];
    const secretOf = ({ url }: { readonly url: string }) => {
      const tenant = tenantOf(url);
      return tenant === undefined ? undefined : { tenant, secrets: `${SECRET} of ${tenant}` };
    };
    const providers: readonly (readonly [string, Provider])[] = [
      ['signalwire', signalwire({ signingKey: secretOf })],
      ['mycpaas', mycpaas({ token: secretOf })],
      ['exotel', exotel({ token: async (request) => secretOf(request) })],
    ];

    each(
      providers,
      ([value]) => `of ${value} do not meet each other`,
      async (open, [name, provider]) => {
        const failed = new Set<string>();
        const known: (readonly [string | undefined, number])[] = [];
        const onStatus: Handler<AnyCallStatusEvent> = async ({ tenant, terminal }, context) => {
          known.push([tenant, (await context.call()).events.length]);
          if (tenant === 'b' && terminal) {
            failed.add(tenant);
            throw new Error('of tenant b');
          }
        };
        const subject = await open({
          options: { providers: [provider], onStatus, retry: { attempts: 1 }, log: { warn() {}, error() {} } },
        });
        const send = (tenant: string, status: string) =>
          subject.send(
            genuine(callback(name, { status, query: `tenant=${tenant}` }), subject.origin, `${SECRET} of ${tenant}`),
          );
        for (const [tenant, status] of [
          ['b', 'completed'],
          ['a', 'in-progress'],
          ['a', 'completed'],
        ] as const) {
          assert.equal((await send(tenant, status)).status, 200);
        }
        const events = await subject.handled(3);
        assert.deepEqual(events.map(({ tenant, transition }) => `${tenant} ${transition}`).sort(), [
          'a advance',
          'a advance',
          'b advance',
        ]);
        assert.equal(new Set(events.map(({ id }) => id)).size, 3);
        assert.equal((await send('b', 'in-progress')).status, 200);
        await subject.handled(4);
        assertMatches(subject.events[3], { tenant: 'b', transition: 'late' });
        // The secret of one tenant is not valid for another.
        const forged = genuine(callback(name, { query: 'tenant=a' }), subject.origin, `${SECRET} of b`);
        assert.equal((await subject.send(forged)).status, 403);
        const { callId } = events[0] as AnyCallStatusEvent;
        const { inbox } = subject.calls;
        assert.equal((await inbox.getCall(name, callId, 'a'))?.events.length, 2);
        assert.equal((await inbox.getCall(name, callId, 'b'))?.events.length, 2);
        assert.equal(await inbox.getCall(name, callId), undefined);
        const { rows } = await inbox.deadLetters.list();
        assert.deepEqual(
          rows.map(({ event }) => event.tenant),
          ['b'],
        );
        assert.deepEqual(
          known
            .filter(([tenant]) => tenant === 'a')
            .map(([, count]) => count)
            .sort((one, other) => one - other),
          [1, 2],
        );
      },
    );

    it('are refused when the function that finds their secrets does not name them', async (open) => {
      const signingKey = (({ url }: { url: string }) => `${SECRET} of ${tenantOf(url)}`) as never;
      const subject = await open({ options: { providers: [signalwire({ signingKey })] } });
      const made = genuine(callback('signalwire', { query: 'tenant=a' }), subject.origin, `${SECRET} of a`);
      const answer = await subject.send(made);
      assert.deepEqual([answer.status, subject.errors.at(-1)?.code], [503, 'secret_unavailable']);
      assert.ok(subject.told().includes('return { tenant, secrets }'));
    });
  });
}
