import { builtInProviders, createCallStatus } from '@call-status/core';
import { callback, fixtures, optionsFor, parseFixture, proofFor } from '@call-status/testing';
import { expect, it } from 'vitest';
import { fixtureOf } from '../../src/api/fixture.ts';

const SECRET = 'a-secret-of-this-test';

it.each(builtInProviders.map((provider) => [provider.definition.name, provider] as const))(
  'a callback of %s that was saved becomes the same event in a test',
  async (name, provider) => {
    const receiver = () =>
      createCallStatus({
        providers: [provider(optionsFor(provider, SECRET))] as never,
        log: { warn() {}, error() {} },
      });
    const proof = proofFor(provider, SECRET);
    for (const { name: fixture } of fixtures(provider)
      .filter((one) => one.expect.kind === 'event')
      .slice(0, 5)) {
      const [first, second] = [receiver(), receiver()];
      const receipt = await first.receive(callback(provider, fixture, proof));
      if (receipt?.event !== undefined) {
        const saved = parseFixture(name, fixture, Buffer.from(fixtureOf(receipt.event)));
        expect(saved.evidence).toBe('constructed');
        // The inbox does not keep how fields were written: texts become a form, which Vonage never sends.
        const again = await second
          .provider(name as never)
          .receive(callback(provider, saved, { ...proof, ...(name === 'vonage' && { encoding: 'json' }) }));
        const { receivedAt: _, ...event } = again?.event ?? ({} as never);
        expect(receipt.event).toMatchObject(event);
        expect(event).toMatchObject({ id: receipt.event.id, ...(saved.expect.kind === 'event' && saved.expect.event) });
      }
      await Promise.all([first.close(), second.close()]);
    }
  },
);
