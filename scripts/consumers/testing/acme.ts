import { contentKey, defineProvider, equal, hmac, phone, required } from '@call-status/core/provider';

/** A provider of a third party, which signs the bytes of its bodies. */
export const acme = defineProvider({
  name: 'acme',
  signs: 'bytes',
  secretOption: 'signingKey',
  statuses: { begun: 'in-progress', over: 'completed' },
  schema: required<{ readonly id: string; readonly state: string; readonly from?: unknown }>('id', 'state'),
  recognizes: (callback) => callback.header('x-acme') !== undefined,
  authenticate: (callback, secrets) => {
    const signature = callback.header('x-acme-signature');
    if (signature === undefined) return 'missing';
    const body = callback.bytes ?? '';
    return secrets.some((secret) => equal(signature, hmac('sha256', secret, 'hex', body))) ? 'valid' : 'mismatch';
  },
  sign: (request, { secret }) => ({
    ...request,
    headers: { ...request.headers, 'x-acme-signature': hmac('sha256', secret, 'hex', request.body ?? '') },
  }),
  normalize: ({ id, state, from }) => ({ callId: id, rawStatus: state, from: phone(from) }),
  eventKey: (_, form) => contentKey(form),
});
