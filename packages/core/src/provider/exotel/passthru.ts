import type { FieldTree } from '../../decode/fields.ts';
import type { Agent, CallStatus, Leg, Line, Recording } from '../../event.ts';
import type { NormalForm } from '../normal-form.ts';
import { callSchema, required, type StandardSchema, type StandardSchemaProps } from '../standard-schema.ts';
import { time, type Zone } from '../time.ts';
import { direction, fieldsOf, hasValue, id, phone, present, span, statusOf, text, word } from '../values.ts';
import { EXOTEL_STATUSES, exotelLeg } from './leg.ts';

/**
 * What a type of call says. In an inbound call, the other party is the agent.
 *
 * Source: support.exotel.com, working with the Passthru applet.
 */
const CALL_TYPES: ReadonlyMap<string | undefined, { readonly status: CallStatus; readonly answered: boolean | null }> =
  new Map([
    // No agent was called yet.
    ['call-attempt', { status: 'in-progress', answered: null }],
    ['completed', { status: 'completed', answered: true }],
    ['client-hangup', { status: 'canceled', answered: false }],
    ['incomplete', { status: 'no-answer', answered: false }],
    ['voicemail', { status: 'completed', answered: false }],
  ]);

/** Whether fields are of a Passthru that says how the call went. */
export function isPassthru(fields: FieldTree): boolean {
  return !('Status' in fields) && (hasValue(fields['CallType']) || hasValue(fields['DialCallStatus']));
}

/** The schema of a status callback, or of a Passthru, which has no `Status`. */
export function exotelSchema<Fields>(): StandardSchema<Fields> {
  const [status, passthru] = [callSchema<Fields>('CallSid', 'Status'), required<Fields>('CallSid')];
  const validate: StandardSchemaProps<Fields>['validate'] = (fields) => {
    return (isPassthru(fieldsOf(fields)) ? passthru : status)['~standard'].validate(fields);
  };
  return { '~standard': { ...status['~standard'], validate } };
}

/** The normal form of a Passthru. What it says of the second party is the second leg, as in a status callback. */
export function passthruForm(fields: FieldTree, zone: Zone): NormalForm {
  const type = text(fields['CallType']);
  const dialed = text(fields['DialCallStatus']);
  const said = CALL_TYPES.get(word(type));
  const way = direction(fields['Direction']);
  const to = phone(fields['CallTo']) ?? phone(fields['To']);
  const agent = phone(fields['DialWhomNumber']);
  const second = present<Leg>({
    status: dialed === undefined ? undefined : statusOf(EXOTEL_STATUSES, dialed),
    rawStatus: dialed,
    durationSeconds: span(fields['DialCallDuration']),
    number: agent,
  });
  const { Legs: given } = fields;
  const legs = Array.isArray(given) ? given.map(fieldsOf).map(exotelLeg) : second && [{}, second];
  return {
    callId: id(fields['CallSid']) as string,
    rawStatus: (type ?? dialed) as string,
    status: type === undefined ? second?.status : (said?.status ?? 'unknown'),
    direction: way,
    from: phone(fields['CallFrom']) ?? phone(fields['From']),
    to,
    line: present<Line>({ number: way === 'inbound' ? to : undefined }),
    startedAt: time(fields['StartTime'], zone) ?? time(fields['Created'], zone),
    occurredAt: time(fields['CurrentTime'], zone),
    answered: said === undefined && second?.status === 'completed' ? true : said?.answered,
    agent: present<Agent>({ number: agent, email: text(fields['AgentEmail']) }),
    hangup: word(type) === 'client-hangup' ? { by: 'caller' } : undefined,
    recording: present<Recording>({ url: text(fields['RecordingUrl']) }),
    legs,
    custom: text(fields['CustomField']),
  };
}
