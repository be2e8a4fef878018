import { randomBytes } from 'node:crypto';
import {
  builtInProviders,
  CALL_STATUSES,
  type CallStatus,
  createCallStatus,
  ERRORS,
  type ErrorCode,
  isTerminal,
} from '@call-status/core';
import {
  type Callback,
  type CallbackOptions,
  callback,
  expired,
  type Fixture,
  fixtures,
  forged,
  optionsFor,
  proofFor,
  tampered,
  unsigned,
  withBody,
} from '@call-status/testing';

type BuiltIn = (typeof builtInProviders)[number];
type Name = BuiltIn['definition']['name'];

const SECRETS = new Map(builtInProviders.map((provider) => [provider, randomBytes(24).toString('base64url')]));

/** What the examples share with the providers, as their environment: `SIGNALWIRE_SIGNING_KEY`, `EXOTEL_TOKEN` and so on. */
export const secrets: Readonly<Record<string, string>> = Object.fromEntries(
  builtInProviders.flatMap((provider) =>
    Object.entries(optionsFor(provider, secretOf(provider))).map(([option, value]) => [
      `${provider.definition.name}_${option}`.replace(/[A-Z]/g, '_$&').toUpperCase(),
      value,
    ]),
  ),
);

/** A callback before it is known where it goes. */
export interface Sample {
  readonly provider: Name;
  /** The callback as its provider sends it to this origin. */
  readonly to: (origin: string) => Callback;
}

/** Callbacks that are documented, were seen on the wire, or are made after one that is. */
export const genuine: readonly Sample[] = builtInProviders.flatMap(({ definition: { name } }) =>
  fixturesOf(name).map((fixture) => sample(name, fixture)),
);

/** Requests that must not get in. */
export const forgeries: readonly { title: string; sample: Sample }[] = [
  { title: 'signed with another key', sample: changed('signalwire', forged) },
  { title: 'a field changed on the way', sample: changed('signalwire', tampered) },
  { title: 'no signature', sample: changed('voicedock', unsigned) },
  { title: 'a genuine one, sent again an hour later', sample: changed('voicedock', (genuine) => expired(genuine)) },
  { title: 'no token', sample: changed('exotel', unsigned) },
  { title: 'a guessed token', sample: changed('mycpaas', forged) },
  { title: 'no call id', sample: changed('mycpaas', (genuine) => withBody(genuine, 'CallStatus=completed')) },
  { title: 'not JSON', sample: sample('voicedock', firstOf('voicedock'), { body: '{"message":' }) },
  { title: 'plain text', sample: changed('exotel', (genuine) => ({ ...genuine, headers: PLAIN_TEXT })) },
  { title: '100 KB', sample: changed('exotel', (genuine) => withBody(genuine, Buffer.alloc(100_000, 'a'))) },
];

const PLAIN_TEXT = { 'content-type': 'text/plain' };

/** Sends a callback and returns the status of the answer. */
export async function send(origin: string, { to }: Sample): Promise<number> {
  const { status } = await fetch(callback.fetch(to(origin)));
  return status;
}

const unproven = createCallStatus({
  worker: false,
  allowUnauthenticated: true,
  log: { info() {}, warn() {}, error() {} },
});

/** The id of the event that a callback makes, which is the same in every process. */
export async function eventIdOf({ provider, to }: Sample): Promise<string> {
  const receipt = await unproven.provider(provider).receive(to('http://localhost'));
  if (receipt?.event === undefined) throw new Error(`A callback of ${provider} makes no event.`);
  return receipt.event.id;
}

/** The first sentence of an error. */
export function reasonOf(code: string | undefined): string {
  const { message } = ERRORS[code as ErrorCode] ?? { message: '' };
  return `${code}: ${message.split('. ')[0]}`;
}

/** The fixtures with evidence, in the order in which a call goes through their statuses: each status once, and one end of a call. */
function fixturesOf(name: Name): readonly Fixture[] {
  const shown = new Set<string>();
  return fixtures(name)
    .filter(({ expect, evidence, after }) => expect.kind === 'event' && (evidence !== 'constructed' || after))
    .sort((a, b) => progress(a) - progress(b))
    .filter(({ expect }) => {
      if (expect.kind !== 'event') return false;
      const [callId, status] = [String(expect.event['callId']), expect.event['status'] as CallStatus];
      const step = `${callId} ${isTerminal(status) ? 'ended' : status}`;
      if (shown.has(step)) return false;
      shown.add(step);
      return true;
    });
}

function progress({ expect }: Fixture): number {
  return expect.kind === 'event' ? CALL_STATUSES.indexOf(expect.event['status'] as CallStatus) : -1;
}

function firstOf(name: Name): Fixture {
  const fixture = fixturesOf(name).find(({ method }) => method === 'POST');
  if (fixture === undefined) throw new Error(`There is no callback of ${name}.`);
  return fixture;
}

function changed(name: Name, change: (genuine: Callback) => Callback): Sample {
  const { provider, to } = sample(name, firstOf(name));
  return { provider, to: (origin) => change(to(origin)) };
}

function sample(name: Name, fixture: Fixture, options: CallbackOptions = {}): Sample {
  const provider = builtInProviders.find(({ definition }) => definition.name === name) as BuiltIn;
  const proof = proofFor(provider, secretOf(provider));
  return {
    provider: name,
    to: (origin) => callback(provider, fixture, { ...options, ...proof, url: `${origin}/webhooks/${name}` }),
  };
}

function secretOf(provider: BuiltIn): string {
  return SECRETS.get(provider) as string;
}
