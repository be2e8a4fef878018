import * as v from 'valibot';
import { defineProvider } from '../src/provider/define-provider.ts';
import type { NormalForm } from '../src/provider/normal-form.ts';

/** A provider with the simplest of definitions, whose normal form and event key are given. */
export function acme(
  normalize: (fields: { id: string; state: string }) => NormalForm,
  eventKey: (fields: { state: string }, form: NormalForm) => string = ({ state }) => state,
) {
  return defineProvider({
    name: 'acme',
    signs: 'nothing',
    statuses: { up: 'in-progress', down: 'completed' },
    schema: v.looseObject({ id: v.string(), state: v.pipe(v.string(), v.nonEmpty()) }),
    recognizes: () => true,
    normalize,
    eventKey,
    callbackParams: undefined,
  })();
}

export const plain = acme(({ id, state }) => ({ callId: id, rawStatus: state }));
