/** What the types promise and refuse to someone who uses only the core. */
import {
  type CallStatusEvent,
  createCallStatus,
  type Inbox,
  memoryInbox,
  mycpaas,
  type Receiver,
  signalwire,
} from '@call-status/core';
import { type CallbackReceiver, originOf, receiveNode } from '@call-status/core/adapter';
import { checkOptions, foldCall, type Inbox as Port, queryRules } from '@call-status/core/inbox';
import { contentKey, defineProvider, equal, hmac, option, required } from '@call-status/core/provider';

const calls = createCallStatus({
  providers: [signalwire({ signingKey: 'key' }), mycpaas({ allowUnauthenticated: true })],
});

export const on = calls.provider('signalwire').onCompleted((event) => {
  const status: 'completed' = event.status;
  const provider: 'signalwire' = event.provider;
  return [status, provider];
});

// @ts-expect-error - no such provider was given to this receiver
calls.provider('exotel');

// @ts-expect-error - a misspelled option is an error
signalwire({ signingkey: 'key' });

export function describe(event: CallStatusEvent): string {
  // @ts-expect-error - "finished" is no status of ours
  if (event.status === 'finished') return 'never';
  // @ts-expect-error - events are read-only
  event.callId = 'another';
  return `${event.provider} ${event.callId} ${event.status}`;
}

/** A provider of one's own: options, fields and verdicts without a word of annotation. */
export const acme = defineProvider({
  name: 'acme',
  signs: 'bytes',
  secretOption: 'signingKey',
  options: { region: option<'eu' | 'us'>('eu or us', (value) => value === 'eu' || value === 'us') },
  statuses: { over: 'completed' },
  schema: required<{ readonly id: string; readonly state: string }>('id', 'state'),
  recognizes: (callback) => callback.header('x-acme') !== undefined,
  authenticate: async (callback, secrets, { region }) => {
    const place: 'eu' | 'us' | undefined = region;
    const { bytes } = callback;
    if (place === undefined) return 'missing';
    return secrets.some((key) => equal('', hmac('sha256', key, 'hex', bytes))) ? 'valid' : 'mismatch';
  },
  normalize: (fields) => ({ callId: fields.id, rawStatus: fields.state }),
  eventKey: (_, form) => contentKey(form),
  callbackParams: ({ url }) => ({ hook: url }),
});
export const hook: string = acme.callbackParams({ url: 'https://hooks.example.com', token: 'x' }).hook;
export const own: Receiver = createCallStatus({ providers: [acme({ signingKey: 'x', region: 'eu' })] });

// @ts-expect-error - no such region
acme({ region: 'au' });

// @ts-expect-error - no such option
acme({ regions: 'eu' });

/** What the entries for authors of inboxes and adapters give is what the application's entry takes. */
export const port: Port = memoryInbox();
export const inbox: Inbox = port;
export const receiver: CallbackReceiver = calls;
export const forAuthors = [checkOptions, foldCall, queryRules, originOf, receiveNode];
