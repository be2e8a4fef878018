import { createHmac } from 'node:crypto';
import { signalwire } from '../src/providers/signalwire.ts';
import { messageOf, ORIGIN, type Sent } from './message-of.ts';

export const { definition } = signalwire;
export const KEY = 'PSKtest1234567890abcdef';

export function verdict(sent: Sent, secrets: readonly string[] = [KEY], origin: string = ORIGIN): unknown {
  return definition.authenticate?.(messageOf(sent, origin), secrets, {}, 0);
}

export function sign(
  text: string,
  algorithm = 'sha1',
  encoding: 'base64' | 'hex' = 'base64',
  key: string = KEY,
): string {
  return createHmac(algorithm, key).update(text).digest(encoding);
}

export const FIELDS = {
  To: '+12025550178',
  CallSid: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  CallStatus: 'completed',
  From: 'ä b',
};
export const CONTENT = `CallSid${FIELDS.CallSid}CallStatuscompletedFromä bTo+12025550178`;
export const SIGNATURE = sign(`${ORIGIN}/hooks${CONTENT}`);
