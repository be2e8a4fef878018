/** A callback of mycpaas, for `fastify.inject()`. */
export const CALLBACK = {
  method: 'POST',
  url: '/hooks/voice',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload: 'CallSid=CA1&CallStatus=completed',
} as const;
