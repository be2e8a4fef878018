import type { CallStatusError } from '../src/errors.ts';
import { type ApiOption, apiOption, CREDENTIAL } from '../src/provider/api-option.ts';
import { defineProvider } from '../src/provider/define-provider.ts';
import type { Answer } from '../src/provider/fetch-call.ts';
import { required } from '../src/provider/standard-schema.ts';
import { fieldsOf, id } from '../src/provider/values.ts';
import { createAsker } from '../src/reconcile/ask/create-asker.ts';
import type { Asker } from '../src/reconcile/asker.ts';
import { type ApiAnswer, type ApiRequest, type ApiServer, apiServer } from './api-server.ts';

export interface Credentials {
  readonly key: string;
}

export const MINUTE_MS = 60_000;

/** The time at which a bench begins. */
export const START_MS: number = Date.UTC(2026, 5, 2);

/** Its answers are an object with `gone` or a record for each call. */
export const acme = defineProvider({
  name: 'acme',
  signs: 'nothing',
  options: { api: apiOption<Credentials>({ key: CREDENTIAL }) },
  statuses: { over: 'completed' },
  schema: required<{ readonly id: string }>('id'),
  recognizes: () => true,
  normalize: () => ({ callId: '1', rawStatus: 'over' }),
  eventKey: () => 'over',
  fetchCall: {
    callIdPattern: /[\w+.]+/,
    batch: 3,
    perMinute: 200,
    request: (callIds, { key }) => ({
      url: `https://api.acme.example/calls?ids=${callIds.join(',')}`,
      headers: { Authorization: `Bearer ${key}` },
    }),
    answers: (body) => {
      if (body === 'a fault of the author') throw new Error('the author');
      const answers = Object.entries(fieldsOf(body)).map(([callId, call]): [string, Answer] => {
        if (call === 'gone') return [callId, 'not_found'];
        const raw = fieldsOf(call);
        return [callId, { form: { callId: id(raw['id']) ?? '', rawStatus: 'over' }, raw }];
      });
      return new Map(answers);
    },
  },
});

/** An asker, and the API that it asks. */
export interface Bench {
  readonly asker: Asker;
  readonly api: ApiServer;
  readonly reported: CallStatusError[];
  /** Asks for the call `a`. */
  one(tenant?: string): Promise<unknown>;
  advance(ms: number): void;
}

/** Starts an API and an asker whose accounts have nothing of their share yet. */
export async function askerBench(
  answer: (request: ApiRequest) => ApiAnswer,
  api: (url: string) => ApiOption<Credentials> = (url) => ({ key: 'sesame', url }),
): Promise<Bench> {
  const server = await apiServer(answer);
  const reported: CallStatusError[] = [];
  let nowMs = START_MS;
  const asker = createAsker({
    providers: [acme({ token: 't', api: api(server.url) })],
    timers: { now: () => nowMs },
    now: () => nowMs,
    report: (error) => reported.push(error),
  });
  return {
    asker,
    api: server,
    reported,
    one: async (tenant) => (await asker.ask('acme', tenant, ['a'])).get('a'),
    advance(ms) {
      nowMs += ms;
    },
  };
}

/** The same, after the first wait for its share. */
export async function readyBench(...options: Parameters<typeof askerBench>): Promise<Bench> {
  const made = await askerBench(...options);
  await made.one();
  made.advance(MINUTE_MS);
  return made;
}
