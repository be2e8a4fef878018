import type { AnsweredBy, Direction } from '../event.ts';

/** A text; numbers count as one. Empty, `null` and the word `null` are absent. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value !== 'null' ? value : undefined;
}

const DECIMAL = /^[+-]?\d+(?:\.\d+)?$/;

/** A finite number, also as a decimal text: `"20.01"`. Anything else is absent. */
export function number(value: unknown): number | undefined {
  const parsed = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

/** `inbound`, `incoming`; `outbound`, `outbound-api`, `outbound-dial`, `outgoing`. */
export function direction(value: unknown): Direction | undefined {
  const word = text(value)?.toLowerCase() ?? '';
  const dash = word.indexOf('-');
  switch (dash < 0 ? word : word.slice(0, dash)) {
    case 'inbound':
    case 'incoming':
      return 'inbound';
    case 'outbound':
    case 'outgoing':
      return 'outbound';
    default:
      return undefined;
  }
}

/** Who picked up, in any case. `NA` (not applicable) is absent. */
export function answeredBy(value: unknown): AnsweredBy | undefined {
  switch (text(value)?.toLowerCase()) {
    case 'human':
      return 'human';
    case 'machine':
      return 'machine';
    case 'notsure':
    case 'unknown':
      return 'unknown';
    default:
      return undefined;
  }
}

/** The parts that are there; absent when none is. */
export function present<Parts extends object>(
  parts: {
    readonly [Name in keyof Parts]: Parts[Name] | undefined;
  },
): Parts | undefined {
  let there: Record<string, unknown> | undefined;
  for (const name in parts) {
    const value = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (value === undefined) continue;
    there ??= {};
    there[name] = value;
  }
  return there as Parts | undefined;
}

/** An object's fields, and none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
