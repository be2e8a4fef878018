import {
  type Agent,
  type AnsweredBy,
  CALL_STATUSES,
  type CallError,
  type Direction,
  type Hangup,
  type Leg,
  type Line,
  type MachineDetection,
  type Quality,
  type Recording,
  type Sip,
} from '../event.ts';
import type { Logger } from '../log/log.ts';
import { atOnce } from '../provider/at-once.ts';
import type { NormalForm } from '../provider/normal-form.ts';

/** The rule for a part of the normal form: a single value, an object of parts, or a list. */
interface Rule {
  /** In words, as they follow "expected". */
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
  readonly parts?: Parts;
  readonly each?: Parts;
}

type Parts = ReadonlyMap<string, Rule>;

/** Called with the path of a part that was dropped, and with what was expected. */
export type Dropped = (field: string, expected: string) => void;

/**
 * Returns the normal form without parts that violate their types, so that no handler or inbox gets them; the same object if there is
 * nothing to drop. Absent parts are dropped silently: `undefined`, null and empty texts.
 *
 * @throws TypeError if it is not an object
 */
export function checkedForm(form: unknown, provider: string, dropped: Dropped): NormalForm {
  if (typeof atOnce(form, `normalize() of ${provider}`) !== 'object' || form === null || Array.isArray(form)) {
    throw new TypeError(`normalize() of ${provider} must return an object.`);
  }
  return checkedParts(form as Record<string, unknown>, FORM, '', dropped) as unknown as NormalForm;
}

/** Logs once per provider and part what was dropped, without its value. */
export function sayingOnce(log: Logger): (provider: string) => Dropped {
  const byProvider = new Map<string, Dropped>();
  return (provider) => {
    let dropped = byProvider.get(provider);
    if (dropped === undefined) {
      dropped = sayingOnceFor(provider, log);
      byProvider.set(provider, dropped);
    }
    return dropped;
  };
}

function sayingOnceFor(provider: string, log: Logger): Dropped {
  const said = new Set<string>();
  return (field, expected) => {
    if (said.has(field)) return;
    said.add(field);
    try {
      log.warn(
        { provider, field },
        `normalize() of ${provider} returned ${field} in the wrong form, so it was dropped: expected ${expected}. This is logged once.`,
      );
    } catch {
      // A failing logger must not lose an event.
    }
  };
}

function checkedParts(
  given: Record<string, unknown>,
  parts: Parts,
  path: string,
  dropped: Dropped,
): Record<string, unknown> {
  let kept = given;
  for (const name in given) {
    const value = given[name];
    if (value === undefined) continue;
    const rule = parts.get(name);
    // Their names may come from the client, so they are not logged.
    const good = rule === undefined ? undefined : checked(value, rule, path + name, dropped);
    if (good === value) continue;
    if (kept === given) kept = { ...given };
    kept[name] = good;
  }
  return kept;
}

function checked(value: unknown, rule: Rule, path: string, dropped: Dropped): unknown {
  if (!rule.fits(value)) {
    if (value !== null && value !== '') dropped(path, rule.expected);
    return undefined;
  }
  if (rule.parts !== undefined) {
    return withSome(value as object, checkedParts(value as Record<string, unknown>, rule.parts, `${path}.`, dropped));
  }
  if (rule.each !== undefined) return checkedList(value as readonly unknown[], rule.each, `${path}.`, dropped);
  return value;
}

/** The remaining parts, if any. */
function withSome(given: object, kept: Record<string, unknown>): object | undefined {
  if (kept === given) return given;
  const there = Object.entries(kept).filter(([, value]) => value !== undefined);
  return there.length === 0 ? undefined : Object.fromEntries(there);
}

/** Items keep their places: an empty one is a leg without data. */
function checkedList(given: readonly unknown[], parts: Parts, path: string, dropped: Dropped): readonly unknown[] {
  let kept: unknown[] | undefined;
  for (const [at, item] of given.entries()) {
    const isObject = typeof item === 'object' && item !== null;
    if (!isObject) dropped(path.slice(0, -1), 'a list of objects');
    const fields = (isObject ? item : {}) as Record<string, unknown>;
    const good = withSome(fields, checkedParts(fields, parts, path, dropped)) ?? {};
    if (good === item) continue;
    kept ??= [...given];
    kept[at] = good;
  }
  return kept ?? given;
}

const ANYTHING: Rule = { expected: 'anything', fits: () => true };
const TEXT: Rule = { expected: 'a text', fits: (value) => typeof value === 'string' && value !== '' };
const SPAN: Rule = { expected: 'a number from 0', fits: (value) => isNumber(value) && value >= 0 };
const COUNT: Rule = {
  expected: 'a whole number from 0',
  fits: (value) => isNumber(value) && Number.isSafeInteger(value) && value >= 0,
};
const WHOLE: Rule = { expected: 'a whole number', fits: Number.isSafeInteger };
const TIME: Rule = { expected: 'ISO 8601 in UTC, such as 2026-06-25T20:26:02.000Z', fits: isTime };
const DIRECTION = oneOf<Direction>(['inbound', 'outbound', 'web']);
const ANSWERED_BY = oneOf<AnsweredBy>(['human', 'machine', 'fax', 'unknown']);
const STATUS = oneOf(CALL_STATUSES);

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function range(from: number, to: number): Rule {
  return {
    expected: `a number from ${from} to ${to}`,
    fits: (value) => isNumber(value) && value >= from && value <= to,
  };
}

function oneOf<Word extends string>(words: readonly Word[]): Rule {
  const known: ReadonlySet<unknown> = new Set(words);
  return { expected: `one of ${words.join(', ')}`, fits: (value) => known.has(value) };
}

const UTC = /^\d{4}-(?:0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;
/** A day that exists in every month. */
const EVERY_MONTH = 28;

function isTime(value: unknown): boolean {
  const [, digits] = (typeof value === 'string' && UTC.exec(value)) || [];
  if (digits === undefined) return false;
  const day = Number(digits);
  // A day that does not exist becomes another day.
  return day <= EVERY_MONTH || new Date(value as string).getUTCDate() === day;
}

/** Every part of a type needs a rule, so that none is forgotten. */
type RulesOf<Type> = { readonly [Part in keyof Type]-?: Rule };

function objectOf<Type>(parts: RulesOf<Type>): Rule {
  return {
    expected: `an object of ${Object.keys(parts).join(', ')}`,
    fits: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    parts: new Map(Object.entries<Rule>(parts)),
  };
}

function listOf<Type>(parts: RulesOf<Type>): Rule {
  return { expected: 'a list of objects', fits: Array.isArray, each: new Map(Object.entries<Rule>(parts)) };
}

const RULES: RulesOf<NormalForm> = {
  // These two are required, so they are checked elsewhere.
  callId: ANYTHING,
  rawStatus: ANYTHING,
  status: STATUS,
  direction: DIRECTION,
  from: TEXT,
  to: TEXT,
  callerName: TEXT,
  forwardedFrom: TEXT,
  line: objectOf<Line>({ number: TEXT, name: TEXT, id: TEXT }),
  account: TEXT,
  stirVerstat: TEXT,
  startedAt: TIME,
  answeredAt: TIME,
  occurredAt: TIME,
  sequence: COUNT,
  durationSeconds: SPAN,
  answered: { expected: 'true, false or null', fits: (value) => typeof value === 'boolean' || value === null },
  answeredBy: ANSWERED_BY,
  machineDetection: objectOf<MachineDetection>({ result: TEXT, durationMs: SPAN }),
  agent: objectOf<Agent>({ number: TEXT, email: TEXT }),
  hangup: objectOf<Hangup>({
    by: oneOf(['caller', 'callee']),
    number: TEXT,
    direction: DIRECTION,
    cause: TEXT,
  }),
  parentCallId: TEXT,
  recording: objectOf<Recording>({ url: TEXT, id: TEXT, durationSeconds: SPAN }),
  legs: listOf<Leg>({
    status: STATUS,
    rawStatus: TEXT,
    durationSeconds: SPAN,
    answeredBy: ANSWERED_BY,
    number: TEXT,
    type: TEXT,
    callerId: TEXT,
    cause: TEXT,
    causeCode: WHOLE,
    disconnectedBy: TEXT,
  }),
  sip: objectOf<Sip>({ code: range(100, 699), phrase: TEXT, callId: TEXT }),
  quality: objectOf<Quality>({
    mos: range(1, 5),
    jitterMin: SPAN,
    jitterMax: SPAN,
    packetsReceived: COUNT,
    packetsSent: COUNT,
    packetsLost: COUNT,
  }),
  error: objectOf<CallError>({ code: TEXT, message: TEXT }),
  custom: TEXT,
};
const FORM: Parts = new Map(Object.entries(RULES));

/** The parts that an event takes from the normal form. */
export const OPTIONAL_PARTS: readonly (keyof NormalForm)[] = (Object.keys(RULES) as (keyof NormalForm)[]).filter(
  (part) => !['callId', 'rawStatus', 'status', 'answered'].includes(part),
);
