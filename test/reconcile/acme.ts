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
import { type ApiAnswer, type ApiServer, apiServer } from '../../packages/core/test/api-server.ts';

/** A provider of the tests that can be asked. */
const acmeWith = (limits: { readonly batch: number; readonly perMinute: number; readonly settleMs?: number }) =>
  defineProvider({
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
      ...limits,
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

/** One that has room for many requests, and knows the figures of a call only some minutes after its end. */
export const acme = acmeWith({ batch: 5, perMinute: 1200, settleMs: 180_000 });

/** One with limits like those of Exotel. */
export const limitedAcme = acmeWith({ batch: 20, perMinute: 200 });

/** What the API answers about one call; `undefined`: nothing. */
export type Truth = (callId: string) => object | undefined;

/** The API of acme. A fault is answered instead of the truth. */
export function acmeApi(truth: Truth, fault: () => ApiAnswer | undefined = () => undefined): Promise<ApiServer> {
  return apiServer(({ query }) => {
    const ids = (query.get('ids') ?? '').split(',');
    return fault() ?? { json: ids.flatMap((callId) => truth(callId) ?? []) };
  });
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
