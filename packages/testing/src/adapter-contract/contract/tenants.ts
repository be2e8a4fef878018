import { type AnyCallStatusEvent, exotel, type Handler, mycpaas, type Provider, signalwire } from '@call-status/core';
import { describe, expect, it } from 'vitest';
import type { Adapter, Mount } from '../adapter.ts';
import { callback, genuine, SECRET } from '../callbacks.ts';
import { open } from '../subject.ts';

/** Tenants on one receiver cannot write into each other's calls. */
export function testTenants(adapter: Adapter, mount: Mount): void {
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

    it.each(providers)('of %s do not meet each other', async (name, provider) => {
      const failed = new Set<string>();
      const known: (readonly [string | undefined, number])[] = [];
      const onStatus: Handler<AnyCallStatusEvent> = async ({ tenant, terminal }, context) => {
        known.push([tenant, (await context.call()).events.length]);
        if (tenant === 'b' && terminal) {
          failed.add(tenant);
          throw new Error('of tenant b');
        }
      };
      const subject = await open(adapter, {
        mount: mount.name,
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
        expect((await send(tenant, status)).status).toBe(200);
      }
      const events = await subject.handled(3);
      expect(events.map(({ tenant, transition }) => `${tenant} ${transition}`).sort()).toEqual([
        'a advance',
        'a advance',
        'b advance',
      ]);
      expect(new Set(events.map(({ id }) => id)).size).toBe(3);
      expect((await send('b', 'in-progress')).status).toBe(200);
      await subject.handled(4);
      expect(subject.events[3]).toMatchObject({ tenant: 'b', transition: 'late' });
      // The secret of one tenant is none of another.
      const forged = genuine(callback(name, { query: 'tenant=a' }), subject.origin, `${SECRET} of b`);
      expect((await subject.send(forged)).status).toBe(403);
      const { callId } = events[0] as AnyCallStatusEvent;
      const { inbox } = subject.calls;
      expect((await inbox.getCall(name, callId, 'a'))?.events).toHaveLength(2);
      expect((await inbox.getCall(name, callId, 'b'))?.events).toHaveLength(2);
      expect(await inbox.getCall(name, callId)).toBeUndefined();
      const { rows } = await inbox.deadLetters.list();
      expect(rows.map(({ event }) => event.tenant)).toEqual(['b']);
      expect(
        known
          .filter(([tenant]) => tenant === 'a')
          .map(([, count]) => count)
          .sort((one, other) => one - other),
      ).toEqual([1, 2]);
    });

    it('are refused when the function that finds their secrets does not name them', async () => {
      const signingKey = (({ url }: { url: string }) => `${SECRET} of ${tenantOf(url)}`) as never;
      const subject = await open(adapter, { mount: mount.name, options: { providers: [signalwire({ signingKey })] } });
      const made = genuine(callback('signalwire', { query: 'tenant=a' }), subject.origin, `${SECRET} of a`);
      const answer = await subject.send(made);
      expect([answer.status, subject.errors.at(-1)?.code]).toEqual([503, 'secret_unavailable']);
      expect(subject.told()).toContain('return { tenant, secrets }');
    });
  });
}
