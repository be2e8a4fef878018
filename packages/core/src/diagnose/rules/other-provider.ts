import type { OtherProvider } from '../diagnosis.ts';
import type { Rule } from '../rule.ts';
import { callbackOf, requiredBy, type Trial } from '../trial.ts';

/** A callback of another provider. */
export const OTHER_PROVIDER: Rule = {
  name: 'other_provider',
  variants: function* (trial, { others }) {
    const own = trial.provider.definition.name;
    for (const other of others) {
      const { definition } = other.provider;
      if (definition.name === own) continue;
      const headers = headersOf(other, trial).filter((header) => !ownHeaders(trial).includes(header));
      const isRecognized = recognizes(other, trial);
      const by = headers.length > 0 ? ` It has the header ${headers.join(', ')}.` : '';
      const fix = `Give ${definition.name} the URL of its own route, or name it on this one: calls.provider('${definition.name}').`;
      yield {
        trial: { ...trial, provider: other.provider, ...requiredBy(other.provider, other) },
        chance: isRecognized || headers.length > 0 ? 'evident' : 'common',
        explain: () => ({ evidence: `The request is a callback of ${definition.name}.${by}`, fix }),
      };
    }
  },
};

function recognizes({ provider }: OtherProvider, trial: Trial): boolean {
  try {
    const callback = callbackOf({ ...trial, provider });
    return provider.definition.recognizes(callback, false, provider.options ?? {}) === true;
  } catch {
    return false;
  }
}

/** The headers in which the other provider sends its proof, and which the request has: `sign` tells them. */
function headersOf({ provider }: OtherProvider, { request }: Trial): readonly string[] {
  return signingHeaders(provider).filter((header) => request.headers[header] !== undefined);
}

function ownHeaders({ provider }: Trial): readonly string[] {
  return [...signingHeaders(provider), 'authorization'];
}

function signingHeaders({ definition }: OtherProvider['provider']): readonly string[] {
  try {
    const request = { method: 'POST', url: '/', origin: 'https://hooks.example.com', headers: {} };
    return Object.keys(definition.sign?.(request, { secret: 'key:secret', nowMs: 0 }).headers ?? {});
  } catch {
    return [];
  }
}
