import type { OptionRule } from '@call-status/core/inbox';

/** A text. */
export const TEXT: OptionRule = { expected: 'a text', fits: (value) => typeof value === 'string' };

/** A number that is not NaN or infinite. */
export const NUMBER: OptionRule = { expected: 'a finite number', fits: Number.isFinite };

/** The rules for the proof of a callback. */
export const PROOF_RULES: Readonly<Record<'secret' | 'token' | 'nowMs', OptionRule>> = {
  secret: { ...TEXT, aliases: ['signingKey', 'authToken'] },
  token: TEXT,
  nowMs: { ...NUMBER, aliases: ['now', 'time'] },
};

const ENCODINGS: readonly unknown[] = ['form', 'multipart', 'json', 'query'];

/** The rules for the options of a callback. */
export const CALLBACK_RULES: Readonly<
  Record<'fields' | 'encoding' | 'callId' | 'occurredAtMs' | 'body' | 'url' | keyof typeof PROOF_RULES, OptionRule>
> = {
  fields: { expected: 'an object of fields', fits: (value) => typeof value === 'object' && value !== null },
  encoding: {
    expected: "'form', 'multipart', 'json' or 'query'",
    fits: (value) => ENCODINGS.includes(value),
    aliases: ['contentType'],
  },
  callId: TEXT,
  occurredAtMs: { ...NUMBER, aliases: ['occurredAt'] },
  body: {
    expected: 'a text or bytes',
    fits: (value) => typeof value === 'string' || value instanceof Uint8Array,
  },
  url: TEXT,
  ...PROOF_RULES,
};
