// What the APIs of the built-in providers answer about a call, in the shapes that they document.
import { expect } from 'vitest';
import type { AnyProviderDefinition } from '../src/provider/definition.ts';
import type { Answer, FetchCall, FoundCall } from '../src/provider/fetch-call.ts';

/** How a provider is asked, without its types. */
export function fetchCallOf({ definition }: { readonly definition: AnyProviderDefinition }): FetchCall {
  return definition.fetchCall as FetchCall;
}

/** The only call in an answer. */
export function only(answers: ReadonlyMap<string, Answer>): FoundCall {
  const [answer] = [...answers.values()];
  expect(answers.size).toBe(1);
  expect(answer).toBeTypeOf('object');
  return answer as FoundCall;
}

/** The parts of a normal form that are present. */
export function presentParts(form: object): object {
  return JSON.parse(JSON.stringify(form)) as object;
}

/** Bodies that no API documents. */
export const ODD_BODIES: readonly unknown[] = [
  undefined,
  null,
  7,
  'x',
  [],
  {},
  [[]],
  { Call: null, Calls: null },
  { Calls: [null, 7] },
  { sid: {}, id: 7 },
];

/** A call of SignalWire's Compatibility API. */
export function signalwireCall(more: object = {}): object {
  return {
    sid: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    account_sid: 'b3877c40-da60-4998-90ad-b792e98472af',
    date_created: 'Thu, 25 Jun 2026 20:25:01 +0000',
    date_updated: 'Thu, 25 Jun 2026 20:26:02 +0000',
    parent_call_sid: null,
    to: '+15551230002',
    from: '+15551230001',
    formatted_to: '(555) 123-0002',
    formatted_from: '(555) 123-0001',
    phone_number_sid: null,
    status: 'completed',
    start_time: 'Thu, 25 Jun 2026 20:25:05 +0000',
    end_time: 'Thu, 25 Jun 2026 20:26:02 +0000',
    duration: 57,
    price: 0.01,
    price_unit: 'USD',
    direction: 'outbound',
    answered_by: null,
    api_version: '2010-04-01',
    forwarded_from: null,
    caller_name: null,
    audio_in_mos: 4.5,
    sip_result_code: '200',
    ...more,
  };
}

/** A call of Exotel's Call Details API, as one of a list. */
export function exotelCall(more: object = {}): object {
  return {
    Sid: '80bfbec2d78bbbf10fb851f4fa165211',
    ParentCallSid: null,
    DateCreated: '2026-06-02 14:29:30',
    DateUpdated: '2026-06-02 14:35:00',
    AccountSid: 'acme1',
    To: '05551230002',
    From: '05551230001',
    PhoneNumberSid: '05551230003',
    Status: 'completed',
    StartTime: '2026-06-02 14:29:31',
    EndTime: '2026-06-02 14:30:12',
    Duration: '41',
    Price: '1.500',
    Direction: 'outbound-api',
    AnsweredBy: null,
    RecordingUrl: 'https://recordings.example.com/1.mp3',
    Details: {
      ConversationDuration: 32,
      Leg1Status: 'completed',
      Leg2Status: 'completed',
      Legs: [{ Leg: { Id: 1, OnCallDuration: 41 } }, { Leg: { Id: 2, OnCallDuration: 32 } }],
    },
    ...more,
  };
}

/** A call of VoiceDock's API. */
export function voicedockCall(more: object = {}): object {
  return {
    id: '5c4d030f-43e3-4e65-899e-8148521e660f',
    caller_phone: '+15551230001',
    assistant_phone: '+15551230003',
    status: 'ended',
    direction: 'inbound',
    end_reason: 'user_hangup',
    error: null,
    started_at: '2026-06-02T14:29:31.000Z',
    ended_at: '2026-06-02T14:30:12.000Z',
    duration_seconds: 41,
    summary: 'They talked about a delivery.',
    analysis_result: { mood: 'good' },
    messages: [{ role: 'user', content: 'Where is my parcel?' }],
    recording_url: 'https://recordings.example.com/1.mp3',
    agent_id: 'agent-1',
    number_id: 'number-1',
    created_at: '2026-06-02T14:29:30.000Z',
    updated_at: '2026-06-02T14:30:13.000Z',
    ...more,
  };
}
