import type { FieldTree } from '../decode/fields.ts';
import type { CallStatus, Leg, Recording } from '../event.ts';
import type { Message } from '../message.ts';
import { defineProvider, type NormalForm, type ProviderFactory } from '../provider.ts';
import { option, required } from '../standard-schema.ts';
import { statusOf } from '../status-of.ts';
import { eventKey } from './event-key.ts';
import { answeredBy, direction, fieldsOf, number, present, text } from './lenient.ts';
import { iso8601 } from './time.ts';

/**
 * The fields of Exotel's StatusCallback. A form and multipart body has strings where JSON has numbers, and `''` where it has null.
 * Types of optional fields are not enforced.
 *
 * Source: developer.exotel.com, voice v1, status callback; `Duration` from the page of voice v3.
 */
export interface ExotelFields {
  /** 32 hexadecimal digits. */
  readonly CallSid: string;
  /** Of the whole call: an inbound call that no agent took is `completed` too. See `Legs`. */
  readonly Status: string;
  /** `YYYY-MM-DD HH:mm:ss`, without a zone. */
  readonly DateUpdated?: string;
  /** Null, empty or absent without a recording. */
  readonly RecordingUrl?: string | null;
  /** `answered` or `terminal`. */
  readonly EventType?: string;
  /** As `DateUpdated`. */
  readonly DateCreated?: string;
  /** Of a call that you made: the customer. */
  readonly To?: string;
  /** Of a call that you made: the agent, who is called first. */
  readonly From?: string;
  /** The ExoPhone's number, despite the name. */
  readonly PhoneNumberSid?: string;
  /** As `DateUpdated`. */
  readonly StartTime?: string;
  /** `1970-01-01 05:30:00` when it is not set. */
  readonly EndTime?: string | null;
  /** Seconds in which both parties were connected. */
  readonly ConversationDuration?: number | string;
  /** Seconds of the call. In the page of voice v3 alone. */
  readonly Duration?: number | string;
  /** `inbound`, `outbound-api`, `outbound-dial` (made in the dashboard). */
  readonly Direction?: string;
  /** What you gave when the call was made: at most 128 characters. */
  readonly CustomField?: string;
  /** First the party in `From`, then that in `To`. */
  readonly Legs?: readonly ExotelLeg[];
  readonly [field: string]: unknown;
}

/** One party's part of an Exotel call. */
export interface ExotelLeg {
  /** Seconds that the party was on the line. */
  readonly OnCallDuration?: number | string;
  /** Null, empty or absent: not attempted. */
  readonly Status?: string | null;
  /** `Human`, `Machine`, `NotSure`, `NA`, in any case. */
  readonly AnsweredBy?: string;
  readonly [field: string]: unknown;
}

declare module '../event.ts' {
  interface ProviderFields {
    exotel: ExotelFields;
  }
}

/** What Exotel needs of you. It does not sign: its callbacks are proved by `token` alone. */
export interface ExotelOptions {
  /**
   * The zone of times that come without one.
   * @default '+05:30': that of India, in which every known callback is
   */
  readonly utcOffset?: UtcOffset;
}

/** Hours and minutes before or after UTC, two digits each: `+05:30`. */
export type UtcOffset = `${'+' | '-'}${number}:${number}`;

/** What Exotel can be asked for. */
export type ExotelEvent = 'terminal' | 'answered';

/** What `exotel.callbackUrl` takes. */
export interface ExotelCallbackOptions {
  /** Your endpoint. */
  readonly url: string;
  /** For the URL's query: the one proof that Exotel can give. */
  readonly token?: string;
  /** @default both */
  readonly events?: readonly [ExotelEvent, ExotelEvent?];
  /** @default 'application/json'; Exotel's own default is multipart. Both are understood. */
  readonly contentType?: 'application/json' | 'multipart/form-data';
}

/** Parameters of "connect two numbers" in Exotel's API. */
export interface ExotelParameters {
  /** Your endpoint, with the token in its query if you gave one. */
  readonly StatusCallback: string;
  /** The first event to ask for. */
  readonly 'StatusCallbackEvents[0]': ExotelEvent;
  /** The second, if there is one. */
  readonly 'StatusCallbackEvents[1]'?: ExotelEvent;
  /** How callbacks are to be written. */
  readonly StatusCallbackContentType: 'application/json' | 'multipart/form-data';
}

const STATUSES = {
  queued: 'queued',
  ringing: 'ringing',
  // Of the event `answered`, though the document lists terminal words alone.
  'in-progress': 'in-progress',
  completed: 'completed',
  failed: 'failed',
  busy: 'busy',
  'no-answer': 'no-answer',
  canceled: 'canceled',
} as const satisfies Record<string, CallStatus>;

/**
 * Exotel, voice v1. Cannot sign: set a `token`.
 *
 * Source: developer.exotel.com, voice v1, status callback; the encodings, the zone and the statuses of `answered`
 * from recorded callbacks and public consumers.
 */
export const exotel: ProviderFactory<
  'exotel',
  ExotelFields,
  ExotelOptions,
  (options: ExotelCallbackOptions) => ExotelParameters
> = defineProvider({
  name: 'exotel',
  signs: 'nothing',
  options: {
    utcOffset: option<UtcOffset>('hours and minutes, two digits each, such as +05:30', isUtcOffset),
  },
  statuses: STATUSES,
  schema: required<ExotelFields>('CallSid', 'Status'),
  recognizes,
  isCallStatus,
  normalize,
  // One call has several `answered` events, which differ in their legs alone. Of a recording's URL only that there is one:
  // it may be signed anew for each delivery, and event ids are logged.
  eventKey: (fields) =>
    eventKey(
      fields.EventType,
      fields.Status,
      text(fields.RecordingUrl) && 'recorded',
      ...legsOf(fields).map((leg) => leg['Status']),
    ),
  callbackUrl: parameters,
});

/** What `Date` does not understand, such as one digit, would cost every event its time. */
const UTC_OFFSET = /^[+-](?:0\d|1[0-4]):[0-5]\d$/;

function isUtcOffset(given: unknown): boolean {
  return typeof given === 'string' && UTC_OFFSET.test(given);
}

const CALL_SID = /^[0-9a-f]{32}$/;

function recognizes(message: Message): boolean {
  const { fields } = message;
  const { CallSid, Status } = fields;
  return (
    typeof CallSid === 'string' &&
    CALL_SID.test(CallSid) &&
    typeof Status === 'string' &&
    !('CallStatus' in fields) &&
    isCallStatus(fields)
  );
}

/** Fields of Exotel's other requests, which have no `Status`: Passthru (its answer steers the call), softphone events. */
const OTHER_WITHOUT_STATUS = ['CallFrom', 'CallTo', 'CallType', 'DialCallStatus', 'CallState'] as const;

function isCallStatus(fields: FieldTree): boolean {
  // A popup for agents, often sent to the same URL: its `busy` means that the agent is being called.
  if (fields['EventType'] === 'Dial' || fields['Status'] === 'free' || 'SmsSid' in fields) return false;
  return 'Status' in fields || !OTHER_WITHOUT_STATUS.some((name) => name in fields);
}

function normalize(fields: ExotelFields, { utcOffset = '+05:30' }: ExotelOptions): NormalForm {
  const legs = legsOf(fields).map(normalLeg);
  const ended = fields.EventType === 'answered' ? undefined : time(fields.EndTime, utcOffset);
  return {
    callId: fields.CallSid,
    rawStatus: fields.Status,
    direction: direction(fields.Direction),
    from: text(fields.From),
    to: text(fields.To),
    occurredAt: ended ?? time(fields.DateUpdated, utcOffset),
    durationSeconds: number(fields.ConversationDuration) ?? number(fields.Duration),
    // The first party's is "not applicable", so this is the other's.
    answeredBy: legs.find((leg) => leg.answeredBy !== undefined)?.answeredBy,
    recording: present<Recording>({ url: text(fields.RecordingUrl), id: undefined, durationSeconds: undefined }),
    legs: legs.length === 0 ? undefined : legs,
    custom: text(fields.CustomField),
  };
}

function legsOf(fields: ExotelFields): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(fields.Legs) ? fields.Legs.map(fieldsOf) : [];
}

function normalLeg(leg: Readonly<Record<string, unknown>>): Leg {
  const rawStatus = text(leg['Status']);
  return (
    present<Leg>({
      status: rawStatus === undefined ? undefined : statusOf(STATUSES, rawStatus),
      rawStatus,
      durationSeconds: number(leg['OnCallDuration']),
      answeredBy: answeredBy(leg['AnsweredBy']),
    }) ?? {}
  );
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})([+-]\d{2}:\d{2}|Z)?$/;

/** Exotel's times, in UTC. The epoch, in India or in UTC, is its way to say "not set". */
function time(value: unknown, utcOffset: UtcOffset): string | undefined {
  const [, date, clock, zone = utcOffset] = DATE_TIME.exec(text(value) ?? '') ?? [];
  const notSet = date === '1970-01-01' && (clock === '05:30:00' || clock === '00:00:00');
  return notSet ? undefined : iso8601(`${date}T${clock}${zone}`);
}

function parameters(options: ExotelCallbackOptions): ExotelParameters {
  const { url, events = ['terminal', 'answered'], contentType = 'application/json' } = options;
  const [first, second] = events;
  return {
    StatusCallback: url,
    'StatusCallbackEvents[0]': first,
    ...(second !== undefined && { 'StatusCallbackEvents[1]': second }),
    StatusCallbackContentType: contentType,
  };
}
