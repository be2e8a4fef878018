/** A provider that call-status does not know: it signs its JSON, with the time. */
import { contentKey, defineProvider, equal, hmac, required } from '@call-status/core/provider';

interface AcmeFields {
  readonly id: string;
  readonly state: string;
  readonly seconds?: number;
}

const TOLERANCE_MS = 300_000;

export const acme = defineProvider({
  name: 'acme',
  signs: 'bytes',
  secretOption: 'signingKey',
  statuses: { calling: 'ringing', over: 'completed' },
  schema: required<AcmeFields>('id', 'state'),
  recognizes: (callback) => callback.header('x-acme-event') === 'call',
  isCallStatus: (fields) => !('menu' in fields),
  authenticate(callback, secrets, _options, now) {
    const at = callback.header('x-acme-time');
    const given = callback.header('x-acme-signature');
    const { bytes } = callback;
    if (at === undefined || given === undefined || bytes === undefined) return 'missing';
    if (!secrets.some((secret) => equal(given, hmac('sha256', secret, 'hex', `${at}.`, bytes)))) return 'mismatch';
    return Math.abs(now - Number(at)) <= TOLERANCE_MS ? 'valid' : 'expired';
  },
  sign: (request, { secret, nowMs }) => ({
    ...request,
    headers: {
      ...request.headers,
      'x-acme-time': String(nowMs),
      'x-acme-signature': hmac('sha256', secret, 'hex', `${nowMs}.`, request.body ?? ''),
    },
  }),
  normalize: (fields) => ({ callId: fields.id, rawStatus: fields.state, durationSeconds: fields.seconds }),
  eventKey: (_fields, form) => contentKey(form),
});
