import type { FieldTree } from '../../decode/fields.ts';
import { isTerminal } from '../../event.ts';
import { hasValue, statusOf, text, word } from '../values.ts';
import { PLIVO_STATUSES } from './form.ts';

/** Events that tell of a call and need no answer. */
const EVENTS: ReadonlySet<string> = new Set(['ring', 'hangup', 'machinedetection']);

/** Fields that only other messages have. */
const OTHER = /^(?:Dial|Conference|Record|Digits|Speech|Message|Stream|Queue)/;

/** Requests for XML, the actions of elements, and events of streams and recordings have a call and its status too. */
export function isPlivoCallStatus(fields: FieldTree): true | string {
  const event = text(fields['Event']);
  if (event !== undefined)
    return EVENTS.has(event.toLowerCase()) || `Its Event is ${shown(event)}: it may wait for XML.`;
  const other = Object.keys(fields).find((name) => OTHER.test(name));
  if (other !== undefined) return 'It has fields of another message, such as the action of an XML element.';
  // The hangup callback of an application may have no Event.
  const hasEnded =
    hasValue(fields['HangupCause']) || hasValue(fields['HangupCauseCode']) || hasValue(fields['EndTime']);
  const isEnd = hasEnded && isTerminal(statusOf(PLIVO_STATUSES, word(fields['CallStatus']) ?? ''));
  return isEnd || 'It has no Event and is no hangup: it may wait for XML.';
}

/** The name of an event of Plivo; anything else may be from anyone. */
function shown(event: string): string {
  return /^[A-Za-z]{1,30}$/.test(event) ? event : 'another one';
}
