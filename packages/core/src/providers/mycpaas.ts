import type { Message } from '../message.ts';
import { defineProvider, type NormalForm, type ProviderFactory } from '../provider.ts';
import { required } from '../standard-schema.ts';
import { eventKey } from './event-key.ts';
import { isCertainLamlCallStatus, isLamlCallStatus } from './laml.ts';
import { direction, number, text } from './lenient.ts';
import { rfc2822 } from './time.ts';

/**
 * The fields of mycpaas's call status callback. Two are documented; the others are those of its LaML relatives, used if they come.
 * What else comes is kept too, such as the `AccountSid` (`AC…`).
 *
 * Source: docs.mycpaas.io, voice webhooks.
 */
export interface MycpaasFields {
  /** `CA…`. */
  readonly CallSid: string;
  /** The status word, such as `in-progress`. */
  readonly CallStatus: string;
  /** The caller. */
  readonly From?: string;
  /** The party that was called. */
  readonly To?: string;
  /** `inbound`, `outbound-api`, `outbound-dial`. */
  readonly Direction?: string;
  /** RFC 2822. */
  readonly Timestamp?: string;
  /** The count of the events of the call. */
  readonly SequenceNumber?: string;
  /** Seconds. */
  readonly CallDuration?: string;
  readonly [field: string]: unknown;
}

declare module '../event.ts' {
  interface ProviderFields {
    mycpaas: MycpaasFields;
  }
}

/** mycpaas documents no signature; its callbacks are proved by `token` alone. */
// biome-ignore lint/suspicious/noEmptyInterface: it has none but those of every provider
export interface MycpaasOptions {}

/**
 * What mycpaas can be asked for. Its pages do not agree: by one they are statuses, by another the events
 * `initiated`, `ringing`, `answered`, `completed`.
 */
export type MycpaasEvent =
  | 'initiated'
  | 'ringing'
  | 'answered'
  | 'in-progress'
  | 'completed'
  | 'failed'
  | 'busy'
  | 'no-answer';

/** What `mycpaas.callbackUrl` takes. */
export interface MycpaasCallbackOptions {
  /** Your endpoint. */
  readonly url: string;
  /** For the URL's query: the one proof that mycpaas can give. */
  readonly token?: string;
  /**
   * @default none, and so no parameter: by either of its pages mycpaas then sends how the call ended, and by one of them everything
   */
  readonly events?: readonly [MycpaasEvent, ...MycpaasEvent[]];
}

/** Parameters of "create a call" in mycpaas's REST API. */
export interface MycpaasParameters {
  /** Your endpoint, with the token in its query if you gave one. */
  readonly StatusCallback: string;
  /** Separated by spaces. */
  readonly StatusCallbackEvent?: string;
}

/** mycpaas. Cannot sign: set a `token`. Source: docs.mycpaas.io, voice webhooks, webhooks overview, voice call. */
export const mycpaas: ProviderFactory<
  'mycpaas',
  MycpaasFields,
  MycpaasOptions,
  (options: MycpaasCallbackOptions) => MycpaasParameters
> = defineProvider({
  name: 'mycpaas',
  signs: 'nothing',
  statuses: {
    // Neither this nor `canceled` is documented; its LaML relatives have them.
    queued: 'queued',
    initiated: 'initiated',
    ringing: 'ringing',
    'in-progress': 'in-progress',
    // The text of the documents says "answered" where their table says `in-progress`.
    answered: 'in-progress',
    completed: 'completed',
    busy: 'busy',
    'no-answer': 'no-answer',
    failed: 'failed',
    canceled: 'canceled',
  },
  schema: required<MycpaasFields>('CallSid', 'CallStatus'),
  recognizes,
  isCallStatus: isLamlCallStatus,
  normalize,
  eventKey: (fields) => eventKey(fields.CallStatus, fields.SequenceNumber),
  callbackUrl: parameters,
});

/** With such a header it is a relative of mycpaas, whose callbacks look the same. */
const FOREIGN_HEADERS = [
  'x-signalwire-signature',
  'x-signalwire-sha256-signature',
  'x-twilio-signature',
  'x-twilio-sha256-signature',
] as const;

function recognizes(message: Message): boolean {
  if (FOREIGN_HEADERS.some((header) => message.header(header) !== undefined)) return false;
  const { fields } = message;
  const { CallSid, CallStatus } = fields;
  if (typeof CallSid !== 'string' || !CallSid.startsWith('CA') || typeof CallStatus !== 'string') return false;
  const documented = Object.keys(fields).length === 2;
  return documented || isCertainLamlCallStatus(fields);
}

function normalize(fields: MycpaasFields): NormalForm {
  return {
    callId: fields.CallSid,
    rawStatus: fields.CallStatus,
    direction: direction(fields.Direction),
    from: text(fields.From),
    to: text(fields.To),
    occurredAt: rfc2822(fields.Timestamp),
    sequence: number(fields.SequenceNumber),
    durationSeconds: number(fields.CallDuration),
  };
}

function parameters({ url, events }: MycpaasCallbackOptions): MycpaasParameters {
  return { StatusCallback: url, ...(events !== undefined && { StatusCallbackEvent: events.join(' ') }) };
}
