import assert from 'node:assert/strict';
import { isCallStatusError } from '@call-status/core';
import { plain } from '../assertions.ts';
import type { Callback } from '../callback/callback.ts';
import { expired, forged, unsigned } from '../callback/negative.ts';
import type { Tests } from '../contract-test.ts';
import type { Fixture } from '../fixtures/fixture-file.ts';
import type { ProviderBench } from './bench.ts';

/** All fixtures together. */
export const ofFixtures: Tests<ProviderBench> = {
  'has a fixture that becomes an event, and knows where each is from': ({ fixtures, events }) => {
    assert.notEqual(events.length, 0, 'No fixture becomes an event.');
    for (const { name, source } of fixtures) assert.notEqual(source, '', `${name} does not say where it is from.`);
  },
};

/** The tests of one fixture. */
export function ofFixture(fixture: Fixture): Tests<ProviderBench> {
  return {
    [fixture.recognized ? 'is recognized' : 'is not recognized beyond doubt']: (bench) => {
      assert.equal(isRecognized(bench, fixture), fixture.recognized);
    },
    'becomes what it says': async (bench) => {
      const [receipt] = await bench.receive(bench.genuine(fixture));
      const { event, error } = receipt ?? {};
      if (fixture.expect.kind === 'event') {
        assert.ok(event, `It is refused as ${error?.code ?? 'another message'}.`);
        const { provider, id, terminal, receivedAt, source, trust, transition, raw, ...own } = event;
        assert.deepEqual(plain(own), plain(fixture.expect.event));
        assert.deepEqual(
          [provider, source, trust],
          [fixture.provider, 'callback', bench.proof === 'signature' ? 'signed' : 'token'],
        );
        assert.deepEqual(plain(raw), plain(bench.message(fixture).fields), 'A field is dropped or changed.');
      } else {
        assert.equal(error?.code, fixture.expect.kind === 'refused' ? fixture.expect.code : undefined);
        assert.equal(event, undefined);
      }
    },
    ...(fixture.expect.kind === 'event' && ofEvent(fixture)),
  };
}

function ofEvent(fixture: Fixture): Tests<ProviderBench> {
  return {
    'is the same event when it comes again': async (bench) => {
      const made = bench.genuine(fixture);
      const [first, second] = await bench.receive(made, made);
      assert.equal(second?.event?.id, first?.event?.id);
      assert.equal(second?.event?.transition, 'duplicate');
    },
    'is refused when it is forged, or proved by nothing': async (bench) => {
      const made = bench.genuine(fixture);
      const { proof } = bench;
      const receipts = await bench.receive(forged(made), unsigned(made));
      assert.deepEqual(
        receipts.map((receipt) => [receipt?.status, receipt?.error?.code]),
        [
          [403, `${proof}_mismatch`],
          [403, `${proof}_missing`],
        ],
      );
    },
    'is refused when it is too old, where its signature has a time in it': async (bench) => {
      const old = replayOf(bench.genuine(fixture));
      if (old === undefined) return;
      const [receipt] = await bench.receive(old);
      assert.deepEqual([receipt?.status, receipt?.error?.code], [403, 'signature_expired']);
    },
  };
}

const DAY_MS = 86_400_000;

function replayOf(made: Callback): Callback | undefined {
  try {
    return expired(made, DAY_MS);
  } catch {
    return undefined;
  }
}

function isRecognized(bench: ProviderBench, fixture: Fixture): boolean {
  const { methods = ['POST'], recognizes, recognizedBy, decode } = bench.definition;
  if (!methods.some((method) => method === fixture.method)) return false;
  try {
    const message = bench.message(fixture);
    // Where several providers share a URL, only then is it asked.
    const isAsked =
      decode !== undefined || recognizedBy?.some((field) => message.record[field] !== undefined) !== false;
    return isAsked && recognizes(message);
  } catch (error) {
    // What cannot be decoded is not recognized.
    if (isCallStatusError(error)) return false;
    throw error;
  }
}
