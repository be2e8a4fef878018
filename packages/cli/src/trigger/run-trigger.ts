import type { Encoding, Fixture, ProviderLike } from '@call-status/testing';
import { refused, wrongUsage } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import type { TRIGGER_ARGS } from '../commands/trigger.ts';
import { shortId } from '../inbox/call-columns.ts';
import { privacyOf } from '../inbox/privacy.ts';
import { type Delivered, deliver } from '../input/deliver.ts';
import { type CallbackProof, proofOf } from '../input/proof.ts';
import { loadProviders } from '../input/providers.ts';
import type { SECRET_ARGS } from '../input/secrets.ts';
import type { SENDING_ARGS } from '../input/sending-args.ts';
import { targetOf } from '../input/target.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import { adviceFor } from './advice.ts';
import { changeOf } from './change-fields.ts';
import { curlOf } from './curl.ts';
import { findEvent, splitName } from './find-event.ts';
import { listEvents } from './list-events.ts';
import { makeCallback, type PlannedCallback } from './make-callback.ts';

type Context = CommandContext<typeof TRIGGER_ARGS & typeof SENDING_ARGS & typeof SECRET_ARGS>;

/** Runs `call-status trigger`. */
export async function runTrigger(context: Context): Promise<number> {
  const { args, output } = context;
  const providers = await loadProviders(args);
  if (args.list) {
    await listEvents(args.event, providers, output);
    return 0;
  }
  if (args.event === undefined)
    throw wrongUsage('EVENT is missing.', 'call-status trigger --list shows what there is.');
  if (args['public-key']) return printPublicKey(splitName(args.event, providers).provider, context);
  const { provider, fixture } = await findEvent(args.event, providers);
  const to = urlOf(context, provider);
  const proof = await proofOf(provider, args);
  const planned = plan(context, { provider, fixture, to, proof });
  if (args.curl) {
    const text = curlOf(provider, planned.callback);
    output.result(text);
    output.row({ curl: text });
    return 0;
  }
  printSent(fixture, planned, proof, output);
  const answer = await deliver(to, planned.callback, proof.proof);
  printAnswer(answer, output);
  output.row(rowOf(fixture, to, planned, proof, answer));
  if (isAccepted(answer)) return 0;
  throw refused(`The server answered ${answer.status}.`, adviceFor(answer, provider, proof));
}

async function printPublicKey(provider: ProviderLike, { args, output }: Context): Promise<number> {
  const { name, secretOption } = provider.definition;
  const { publicKey } = await proofOf(provider, args);
  if (publicKey === undefined) throw wrongUsage(`${name} does not sign with a private key.`);
  output.result(publicKey);
  output.row({ provider: name, publicKey });
  output.note(`For development only: ${name}({ ${secretOption}: '…' }). Anyone can sign with the test key.`);
  return 0;
}

function urlOf({ args }: Context, { definition }: ProviderLike): URL {
  if (args.to !== undefined) return targetOf(args.to, { allowRemote: args['allow-remote'] || args.curl });
  throw wrongUsage(
    '--to is missing.',
    `Give the callback URL of your server: --to http://127.0.0.1:3000/webhooks/${definition.name}.`,
  );
}

interface Chosen {
  readonly provider: ProviderLike;
  readonly fixture: Fixture;
  readonly to: URL;
  readonly proof: CallbackProof;
}

function plan({ args, all, output }: Context, { fixture, ...chosen }: Chosen): PlannedCallback {
  const removed = all('remove').map((name) => ({ name, value: undefined }));
  return makeCallback(
    {
      ...chosen,
      sample: fixture,
      publicUrl: args['public-url'],
      encoding: flaggedEncoding(args),
      changes: [...all('set').map(changeOf), ...removed],
      callId: args.call,
      occurredAtMs: Date.now(),
    },
    output.note,
  );
}

const ENCODINGS: Readonly<Record<'form' | 'multipart' | 'json-body' | 'get', Encoding>> = {
  form: 'form',
  multipart: 'multipart',
  'json-body': 'json',
  get: 'query',
};

/** The encoding that a flag names. */
export function flaggedEncoding(
  args: { readonly [Flag in keyof typeof ENCODINGS]?: boolean | undefined },
): Encoding | undefined {
  const given = (Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[]).filter((flag) => args[flag]);
  if (given.length > 1) throw wrongUsage(`${given.map((flag) => `--${flag}`).join(' and ')} exclude each other.`);
  return given[0] && ENCODINGS[given[0]];
}

function printSent(
  { provider, name }: Fixture,
  { callId, encoding, fieldCount }: PlannedCallback,
  { shown }: CallbackProof,
  { result, style }: Output,
): void {
  const call = callId === undefined ? 'no call id' : `call ${safe(shortId(callId, privacyOf(true)))}`;
  result(`  --> ${style.bold(`${provider}.${name}`)}  ${call}  ${encoding}, ${fieldCount} fields, ${shown}`);
}

/** Prints the answer to a callback. */
export function printAnswer(answer: Delivered, { result, style }: Output): void {
  const look = isAccepted(answer) ? style.green : style.red;
  const [line = ''] = answer.body.trim().split('\n');
  result(
    `  <-- ${look(String(answer.status))}  ${Math.round(answer.durationMs)} ms  ${safe(line).slice(0, 100)}`.trimEnd(),
  );
}

function rowOf(
  { provider, name }: Fixture,
  { origin, pathname }: URL,
  { callId, encoding, fieldCount }: PlannedCallback,
  { shown }: CallbackProof,
  { status, durationMs }: Delivered,
): object {
  return {
    provider,
    event: name,
    ...(callId !== undefined && { callId }),
    encoding,
    fields: fieldCount,
    proof: shown,
    url: origin + pathname,
    httpStatus: status,
    durationMs: Math.round(durationMs * 10) / 10,
  };
}

/** Whether the server took a callback. */
export function isAccepted({ status }: Delivered): boolean {
  return status >= 200 && status < 300;
}
