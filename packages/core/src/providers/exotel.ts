import type { Agent, CallError, Hangup, Line, Recording } from '../event.ts';
import { type ApiOption, apiOption } from '../provider/api-option.ts';
import type { CallbackTarget, TokenOption } from '../provider/callback-params.ts';
import { defineBuiltIn } from '../provider/define-built-in.ts';
import type { ProviderFactory } from '../provider/define-provider.ts';
import { contentKey } from '../provider/event-key.ts';
import { EXOTEL_API, exotelFetchCall } from '../provider/exotel/calls.ts';
import { exotelLeg, EXOTEL_STATUSES as STATUSES } from '../provider/exotel/leg.ts';
import { isExotelCallback, isExotelCallStatus, whyNotExotel } from '../provider/exotel/messages.ts';
import { exotelSchema, isPassthru, passthruForm } from '../provider/exotel/passthru.ts';
import { answeredByLegs } from '../provider/legs.ts';
import type { NormalForm } from '../provider/normal-form.ts';
import { option } from '../provider/standard-schema.ts';
import { isZone, time, type Zone } from '../provider/time.ts';
import { direction, fieldsOf, id, phone, present, span, statusOf, text, word } from '../provider/values.ts';
import { checkOptions, type OptionRules } from '../rules/check-options.ts';
import { oneOf, TEXT } from '../rules/option-rules.ts';

/** The types of `exotel`. */
export declare namespace exotel {
  /**
   * The fields of Exotel's StatusCallback and Passthru applet. Form and multipart bodies have strings where JSON has numbers, and `''` where JSON has null.
   * Types of optional fields are not enforced.
   *
   * Source: developer.exotel.com, voice v1, status callback; `Duration` from the page of voice v3; support.exotel.com, working with the
   * Passthru applet.
   */
  interface Fields {
    /** 32 hexadecimal digits. */
    readonly CallSid: string;
    /**
     * The status of the whole call: an inbound call that no agent took is also `completed`. See `answered` of the event. Absent in a
     * Passthru.
     */
    readonly Status?: string;
    /** `YYYY-MM-DD HH:mm:ss`, without a zone, like all times here. */
    readonly DateUpdated?: string;
    /** Null, empty or absent without a recording. */
    readonly RecordingUrl?: string | null;
    /** `answered` or `terminal`. */
    readonly EventType?: string;
    readonly DateCreated?: string;
    /** For a call that you made: the customer. */
    readonly To?: string;
    /** For a call that you made: the agent, who is called first. */
    readonly From?: string;
    /** The ExoPhone's number, despite the name. */
    readonly PhoneNumberSid?: string;
    readonly StartTime?: string;
    /** `1970-01-01 05:30:00` when it is not set. */
    readonly EndTime?: string | null;
    /** How long both parties were connected, in seconds. */
    readonly ConversationDuration?: number | string;
    /** The length of the call in seconds. Documented only for voice v3. */
    readonly Duration?: number | string;
    /** `inbound`, `outbound-api`, `outbound-dial` (made in the dashboard). */
    readonly Direction?: string;
    /** What you passed when creating the call: at most 128 characters. */
    readonly CustomField?: string;
    /** First the party in `From`, then the one in `To`. */
    readonly Legs?: readonly Leg[];
    // Documented for flows and applets; used if present.
    readonly AccountSid?: string;
    readonly OutgoingPhoneNumber?: string;
    /** The agent that was called. */
    readonly DialWhomNumber?: string;
    readonly AgentEmail?: string;
    readonly Cause?: string;
    readonly ErrorCode?: string;
    readonly ErrorMessage?: string;
    // Only in a Passthru.
    /** `call-attempt`, `completed`, `client-hangup`, `incomplete`, `voicemail`. */
    readonly CallType?: string;
    /** The status of the second party: `completed`, `busy`, `no-answer`, `failed`, `canceled`. */
    readonly DialCallStatus?: string;
    /** Seconds from when the second party was called, ringing included. */
    readonly DialCallDuration?: string;
    readonly CallFrom?: string;
    /** For an inbound call, your ExoPhone. */
    readonly CallTo?: string;
    readonly CallStatus?: string;
    readonly Created?: string;
    readonly CurrentTime?: string;
    readonly flow_id?: string;
    /** What the caller typed before, in quotation marks. */
    readonly digits?: string;
    readonly [field: string]: unknown;
  }

  /** One party's part of an Exotel call. */
  interface Leg {
    /** How long the party was on the line, in seconds. */
    readonly OnCallDuration?: number | string;
    /** Null, empty or absent: not attempted. */
    readonly Status?: string | null;
    /** `Human`, `Machine`, `NotSure`, `NA`, in any case. */
    readonly AnsweredBy?: string;
    // Documented for Passthru; used if present.
    readonly Number?: string;
    readonly Type?: string;
    readonly CallerId?: string;
    /** An ISDN cause code and its name, such as 16 and `NORMAL_CLEARING`. */
    readonly Cause?: number | string;
    readonly CauseCode?: number | string;
    readonly DisconnectedBy?: string;
    readonly [field: string]: unknown;
  }

  /** The options for Exotel. It does not sign, so only `token` authenticates its callbacks. */
  interface Options {
    /** The zone of times without one. @default '+05:30' (India), the zone of every known callback */
    readonly utcOffset?: Zone;
    /**
     * Makes events of the Passthru applet's requests, which are the only news of inbound calls. They are answered 200, the applet's first
     * choice. @default false: they are passed on to your application
     */
    readonly passthru?: boolean;
    /** For asking Exotel's Call Details API for calls whose callbacks never come. Any API key may read calls. @default not asked */
    readonly api?: ApiOption<Api>;
  }

  /** Credentials for Exotel's API: dashboard, API settings. */
  interface Api {
    /** The API key. */
    readonly key: string;
    /** The API token, which is not the `token` in the callback URL. */
    readonly token: string;
    /** The account's SID. */
    readonly sid: string;
    /** Where the account is: `in` for Mumbai (`api.in.exotel.com`), `sg` for Singapore (`api.exotel.com`). */
    readonly region: 'in' | 'sg';
  }

  /** The events that Exotel can send. */
  type Event = 'terminal' | 'answered';

  /** The options of `exotel.callbackParams`. */
  interface CallbackOptions extends CallbackTarget {
    /** @default both */
    readonly events?: readonly [Event, Event?];
    /** @default 'application/json'; Exotel's own default is multipart. Both are supported. */
    readonly contentType?: 'application/json' | 'multipart/form-data';
  }

  /** Parameters of "connect two numbers" in Exotel's API. */
  interface CallbackParams {
    readonly StatusCallback: string;
    readonly 'StatusCallbackEvents[0]': Event;
    readonly 'StatusCallbackEvents[1]'?: Event;
    readonly StatusCallbackContentType: 'application/json' | 'multipart/form-data';
  }
}

declare module '../event.ts' {
  interface ProviderFields {
    exotel: exotel.Fields;
  }
}

/**
 * Exotel, voice v1. Cannot sign: set a `token`.
 *
 * Source: developer.exotel.com, voice v1, status callback; encodings, zone and statuses of `answered`: recorded callbacks, public consumers.
 * @example
 * ```ts
 * import { createCallStatus, exotel } from '@call-status/core';
 *
 * createCallStatus({ providers: [exotel({ token: process.env.EXOTEL_TOKEN! })] });
 * ```
 */
export const exotel: ProviderFactory<
  'exotel',
  exotel.Fields,
  exotel.Options,
  (options: exotel.CallbackOptions) => exotel.CallbackParams
> = defineBuiltIn({
  name: 'exotel',
  methods: ['POST', 'GET'],
  signs: 'nothing',
  options: {
    utcOffset: option<Zone>('hours and minutes, two digits each, such as +05:30', isZone),
    passthru: option<boolean>('true or false', (given) => typeof given === 'boolean'),
    api: apiOption<exotel.Api>(EXOTEL_API),
  },
  statuses: STATUSES,
  schema: exotelSchema<exotel.Fields>(),
  recognizedBy: ['CallSid'],
  recognizes: (callback, named, options?: exotel.Options) => isExotelCallback(callback, named, options?.passthru),
  whyNot: whyNotExotel,
  isCallStatus: (fields, options?: exotel.Options) => isExotelCallStatus(fields, options?.passthru),
  normalize,
  // `DateUpdated` is left out: it is not documented to stay the same when a callback is sent again.
  eventKey: (fields, form) =>
    contentKey({ ...form, occurredAt: undefined }, word(fields.EventType), time(fields.EndTime, '+00:00')),
  fetchCall: exotelFetchCall(normalize),
  callbackParams,
});

function normalize(fields: exotel.Fields, { utcOffset = '+05:30' }: exotel.Options): NormalForm {
  if (isPassthru(fields)) return passthruForm(fields, utcOffset);
  // A leg that was not attempted is empty.
  const legs = Array.isArray(fields.Legs) ? fields.Legs.map(fieldsOf).map(exotelLeg) : [];
  const rawStatus = text(fields.Status) ?? '';
  const way = direction(fields.Direction);
  const talkedFor = span(fields.ConversationDuration);
  const ended = word(fields.EventType) === 'answered' ? undefined : time(fields.EndTime, utcOffset);
  return {
    callId: id(fields.CallSid) as string,
    rawStatus,
    direction: way,
    from: phone(fields.From),
    to: phone(fields.To),
    line: present<Line>({ number: phone(fields.PhoneNumberSid) ?? phone(fields.OutgoingPhoneNumber) }),
    account: text(fields.AccountSid),
    startedAt: time(fields.StartTime, utcOffset) ?? time(fields.DateCreated, utcOffset),
    occurredAt: ended ?? time(fields.DateUpdated, utcOffset),
    durationSeconds: talkedFor ?? span(fields.Duration),
    answered: answeredByLegs(statusOf(STATUSES, rawStatus), talkedFor, legs, way),
    // The first party's value is "not applicable", so this one is the other party's.
    answeredBy: legs.find((leg) => leg.answeredBy !== undefined)?.answeredBy,
    agent: present<Agent>({ number: phone(fields.DialWhomNumber), email: text(fields.AgentEmail) }),
    hangup: present<Hangup>({ cause: text(fields.Cause) }),
    recording: present<Recording>({ url: text(fields.RecordingUrl) }),
    legs: legs.length === 0 ? undefined : legs,
    error: present<CallError>({ code: text(fields.ErrorCode), message: text(fields.ErrorMessage) }),
    custom: text(fields.CustomField),
  };
}

const CALLBACK_RULES: OptionRules<exotel.CallbackOptions & TokenOption> = {
  url: TEXT,
  token: TEXT,
  events: {
    expected: "['terminal', 'answered'] or one of them in a list",
    fits: (value) => Array.isArray(value) && value.length > 0 && value.every(oneOf('terminal', 'answered').fits),
    aliases: ['event', 'statusCallbackEvents'],
  },
  contentType: oneOf('application/json', 'multipart/form-data'),
};

function callbackParams(options: exotel.CallbackOptions): exotel.CallbackParams {
  checkOptions('exotel.callbackParams()', options, CALLBACK_RULES);
  const { url, events: [first, second] = ['terminal', 'answered'], contentType = 'application/json' } = options;
  return {
    StatusCallback: url,
    'StatusCallbackEvents[0]': first,
    ...(second !== undefined && { 'StatusCallbackEvents[1]': second }),
    StatusCallbackContentType: contentType,
  };
}
