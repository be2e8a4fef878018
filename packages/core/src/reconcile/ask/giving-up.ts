import type { Answer } from '../../provider/fetch-call.ts';
import type { Asker, NoAnswer } from '../asker.ts';

/** So many failures in a row open the circuit of an account, which is then asked once a minute only. */
const MOST_FAILURES = 5;

/** How an account has answered lately. */
interface History {
  readonly failures: number;
  /** What all further calls get, once it is not asked any more. */
  readonly last: NoAnswer;
}

/**
 * An asker that asks no more of an account that refuses its credentials, has none, or fails again and again. A process that stays would wait
 * until that changes; a command says so and ends.
 */
export function givingUp(asker: Asker): Asker {
  const records = new Map<string, History>();
  return {
    batchOf: (provider) => asker.batchOf(provider),
    close: () => asker.close(),
    async ask(provider, tenant, callIds) {
      const account = JSON.stringify([provider, tenant]);
      const { failures, last } = records.get(account) ?? { failures: 0, last: { wasAsked: false } };
      if (failures >= MOST_FAILURES) return new Map(callIds.map((callId) => [callId, last]));
      const answers = await asker.ask(provider, tenant, callIds);
      const answer = [...answers.values()].find((one) => !isInvalidId(one));
      if (answer !== undefined) records.set(account, recordAfter(answer, failures));
      return answers;
    },
  };
}

function recordAfter(answer: Answer | NoAnswer, before: number): History {
  if (!isNoAnswer(answer)) return { failures: 0, last: { wasAsked: false } };
  const { wasAsked, obstacle, httpStatus } = answer;
  const last = {
    wasAsked: false,
    ...(obstacle !== undefined && { obstacle }),
    ...(httpStatus !== undefined && { httpStatus }),
  };
  if (obstacle !== undefined || httpStatus === 401 || httpStatus === 403) return { failures: MOST_FAILURES, last };
  // It only has to wait for its turn.
  if (!wasAsked || httpStatus === 429) return { failures: before, last };
  return { failures: before + 1, last };
}

function isInvalidId(answer: Answer | NoAnswer): boolean {
  return isNoAnswer(answer) && answer.obstacle === 'invalid_id';
}

function isNoAnswer(answer: Answer | NoAnswer): answer is NoAnswer {
  return typeof answer === 'object' && 'wasAsked' in answer;
}
