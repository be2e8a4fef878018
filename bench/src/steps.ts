/** The steps of a callback in one process, without HTTP, beside what one would write by hand for each. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse as parseQuery } from 'node:querystring';
import { type CallbackRequest, createCallStatus, memoryInbox, type Provider, signalwire } from '@call-status/core';
import type { FieldPairs } from '@call-status/core/provider';
import { DEFAULT_LIMITS } from '@call-status/core/provider';
import { callback, exotelFieldsOf, fieldsOf, formOf, PATH, PUBLIC_URL, SIGNING_KEY } from './callbacks.ts';
import { answerWith } from './child.ts';
import { quantile } from './statistics.ts';

/** CPU microseconds per callback, by step. */
export type StepCosts = readonly (readonly [step: string, cost: number, byHand: number | undefined])[];

type Fields = Record<string, unknown>;
type Step<Input, Output> = (input: Input) => Output | Promise<Output>;

const CALLBACKS = 4000;
const ROUNDS = 15;
/** Rounds in which the program is still being compiled. */
const WARM_UP = 5;

answerWith(() => steps());

/** A module of core that is not exported: the steps are measured one by one. */
function internal<Module>(path: string): Promise<Module> {
  return import(new URL(`../../packages/core/dist/${path}.js`, import.meta.url).href);
}

async function steps(): Promise<StepCosts> {
  const { decodeForm } = await internal<{ decodeForm: (text: string, limits: object) => FieldPairs }>('decode/form');
  const { decodeJson } = await internal<{ decodeJson: (text: string, limits: object) => Fields }>('decode/json');
  const { decodeMultipart } = await internal<{
    decodeMultipart: (body: Buffer, contentType: unknown, limits: object) => FieldPairs;
  }>('decode/multipart');
  const { parseContentType } = await internal<{ parseContentType: (header: string) => unknown }>('decode/content-type');
  const { IncomingCallback } = await internal<{
    IncomingCallback: new (request: CallbackRequest, limits: object, publicUrl: string) => { readonly fields: Fields };
  }>('provider/incoming-callback');
  const { authenticate } = await internal<{
    authenticate: (message: unknown, provider: Provider, now: number) => Promise<string>;
  }>('request/authenticate');
  const { normalize } = await internal<{
    normalize: (
      provider: Provider,
      valid: unknown,
      fields: Fields,
      proof: object,
      now: number,
      dropped: () => void,
    ) => never;
  }>('request/normalize');
  const { validate } = await internal<{ validate: (provider: Provider, fields: Fields) => unknown }>(
    'request/validate',
  );

  const provider = signalwire({ signingKey: SIGNING_KEY });
  const inbox = memoryInbox();
  const costs = new Map<string, number[]>();
  const measure = async <Input, Output>(
    name: string,
    inputs: readonly Input[],
    step: Step<Input, Output>,
  ): Promise<Output[]> => {
    const outputs: Output[] = [];
    const before = process.cpuUsage();
    for (const input of inputs) {
      const output = step(input);
      outputs.push(output instanceof Promise ? await output : output);
    }
    const { user, system } = process.cpuUsage(before);
    costs.set(name, [...(costs.get(name) ?? []), (user + system) / inputs.length]);
    return outputs;
  };

  let handled = 0;
  const calls = createCallStatus({
    providers: [signalwire({ signingKey: SIGNING_KEY, onEnded: () => handled++ })],
    publicUrl: PUBLIC_URL,
    inbox: memoryInbox(),
  });
  for (let round = 0; round < ROUNDS; round++) {
    const numbers = Array.from({ length: CALLBACKS }, (_, at) => round * CALLBACKS + at);
    const requests = numbers.map((number) => requestOf(number));
    const texts = requests.map(({ body }) => body.toString());
    const flats = await measure('decode form', texts, (text) => decodeForm(text, DEFAULT_LIMITS));
    await measure('decode form, by hand', texts, (text) => parseQuery(text));
    await measure('tree of fields', flats, (flat) => flat.toTree());
    await measure(
      'decode JSON',
      numbers.map((number) => JSON.stringify(fieldsOf(number))),
      (text) => decodeJson(text, DEFAULT_LIMITS),
    );
    await measure(
      'decode JSON, by hand',
      numbers.map((number) => JSON.stringify(fieldsOf(number))),
      (text) => JSON.parse(text) as unknown,
    );
    const multipart = numbers.map((number) => callback(number, 'exotel-multipart'));
    await measure('decode multipart', multipart, ({ headers, body }) =>
      decodeMultipart(Buffer.from(body), parseContentType(headers['content-type'] ?? ''), DEFAULT_LIMITS),
    );
    await measure(
      'decode multipart, by hand',
      numbers.map((number) => formOf(exotelFieldsOf(number))),
      (text) => parseQuery(text),
    );
    const messages = requests.map((request) => new IncomingCallback(request, DEFAULT_LIMITS, PUBLIC_URL));
    const trees = messages.map(({ fields }) => fields);
    await measure('authenticate', messages, (message) => authenticate(message, provider, Date.now()));
    await measure('authenticate, by hand', requests, verifyByHand);
    const events = await measure('validate, normalize', trees, (fields) =>
      normalize(provider, validate(provider, fields), fields, { trust: 'signed' }, Date.now(), () => {}),
    );
    await measure('record', events, (event) => inbox.record(event));
    await measure('take, finish', events, async () => {
      const { jobs } = await inbox.take({ limit: 1, leaseMs: 15_000, owner: 'bench' });
      for (const { lease } of jobs) await inbox.finish(lease);
    });
    await measure('all of receive(), and the handler', requests, async (request) => {
      const target = handled + 1;
      const receipt = await calls.receive(request);
      if (receipt?.status !== 200) throw new Error(`Answered ${receipt?.status}.`);
      while (handled < target) await new Promise(setImmediate);
    });
  }
  await calls.close();
  const median = (name: string): number | undefined => {
    const list = costs.get(name);
    return list && quantile(list.slice(WARM_UP), 0.5);
  };
  return [...costs.keys()]
    .filter((name) => !name.endsWith(', by hand'))
    .map((name) => [name, median(name) ?? Number.NaN, median(`${name}, by hand`)] as const);
}

/** HMAC over the URL and the sorted fields, as a careful user writes it; the fields are parsed here too. */
function verifyByHand({ body, headers }: CallbackRequest & { readonly body: Buffer }): boolean {
  const fields = parseQuery(body.toString());
  let signed = PUBLIC_URL + PATH;
  for (const name of Object.keys(fields).sort()) signed += name + String(fields[name]);
  const expected = createHmac('sha1', SIGNING_KEY).update(signed).digest();
  return timingSafeEqual(expected, Buffer.from(String(headers['x-signalwire-signature']), 'base64'));
}

function requestOf(number: number): CallbackRequest & { readonly body: Buffer } {
  const { url, headers, body } = callback(number, 'signalwire-form');
  return { method: 'POST', url, origin: PUBLIC_URL, headers, body: Buffer.from(body) };
}
