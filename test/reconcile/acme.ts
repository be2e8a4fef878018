import type { CallStatus, createCallStatus } from '@call-status/core';
import {
  type Answer,
  apiOption,
  CREDENTIAL,
  defineProvider,
  fieldsOf,
  id,
  required,
  span,
  text,
} from '@call-status/core/provider';
import { type ApiAnswer, apiServer } from '../../packages/core/test/api-server.ts';

/** A provider of the tests that can be asked for five calls at once. */
export const acme = defineProvider({
  name: 'acme',
  signs: 'nothing',
  options: { api: apiOption<{ readonly key: string }>({ key: CREDENTIAL }) },
  statuses: { new: 'queued', ringing: 'ringing', up: 'in-progress', over: 'completed', busy: 'busy', lost: 'failed' },
  schema: required<{ readonly id: string; readonly state: string; readonly seconds?: string }>('id', 'state'),
  recognizes: () => true,
  normalize: ({ id: callId, state, seconds }) => ({ callId, rawStatus: state, durationSeconds: span(seconds) }),
  eventKey: ({ state }) => state,
  fetchCall: {
    callIdPattern: /^c\d+$/,
    batch: 5,
    perMinute: 1200,
    settleMs: 180_000,
    request: (callIds, { key, url = 'https://api.acme.example' }) => ({
      url: `${url}/calls?ids=${callIds.join()}`,
      headers: { authorization: `Bearer ${key}` },
    }),
    answers: (body) =>
      new Map(
        (Array.isArray(body) ? body : []).flatMap((one): [string, Answer][] => {
          const raw = fieldsOf(one);
          const [callId, rawStatus] = [id(raw['id']), text(raw['state'])];
          if (callId === undefined || rawStatus === undefined) return [];
          if (rawStatus === 'gone') return [[callId, 'not_found']];
          const form = { callId, rawStatus, durationSeconds: span(raw['seconds']) };
          return [[callId, { form, raw, settled: raw['settled'] !== 'no' }]];
        }),
      ),
  },
});

/** What the API answers about one call; `undefined`: nothing. */
export type Truth = (callId: string) => object | undefined;

/** The API of acme. A fault is answered instead of the truth. */
export async function acmeApi(truth: Truth, fault: () => ApiAnswer | undefined = () => undefined) {
  let running = 0;
  const server = await apiServer(({ query }) => {
    running += 1;
    const ids = (query.get('ids') ?? '').split(',');
    const answer = fault() ?? { json: ids.flatMap((callId) => truth(callId) ?? []) };
    running -= 1;
    return answer;
  });
  return { server, isIdle: () => running === 0 };
}

/** A callback of acme. */
export function acmeCallback(fields: object): Parameters<ReturnType<typeof createCallStatus>['receive']>[0] {
  return {
    method: 'POST',
    url: '/?token=secret',
    origin: 'https://hooks.example.com',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(fields)),
  };
}

export const STATUS_OF: Readonly<Record<string, CallStatus>> = acme.definition.statuses;
