import type { Provider } from '../../provider/define-provider.ts';
import type { Answer, FetchCall } from '../../provider/fetch-call.ts';
import type { Asker, NoAnswer } from '../asker.ts';
import { Account, type AskerOptions } from './account.ts';
import { hasApi, isCallId } from './credentials.ts';

/** More are forgotten, the one that was used longest ago first; if it is used again, it waits for its share again. */
const MOST_ACCOUNTS = 10_000;

const DEFAULT_PER_MINUTE = 60;

/** Creates the asker of a process that has become the leader. It begins with nothing of its share of each rate limit. */
export function createAsker(options: AskerOptions): Asker {
  const askable = new Map(options.providers.filter(hasApi).map((provider) => [provider.name, provider]));
  const accounts = new Map<string, Account>();
  const closing = new AbortController();

  return {
    batchOf(name) {
      const provider = askable.get(name);
      return provider === undefined ? undefined : (fetchCallOf(provider).batch ?? 1);
    },
    async ask(name, tenant, callIds) {
      const provider = askable.get(name);
      if (provider === undefined || closing.signal.aborted) return forEach(callIds, { wasAsked: false });
      const answers = forEach(callIds, { wasAsked: false, obstacle: 'invalid_id' });
      const wanted = callIds.filter((callId) => isCallId(callId, provider));
      if (wanted.length === 0) return answers;
      const found = await accountOf(provider, tenant).ask(wanted, closing.signal);
      for (const callId of wanted) answers.set(callId, found instanceof Map ? found.get(callId) : found);
      return answers;
    },
    close: () => closing.abort(),
  };

  function accountOf(provider: Provider, tenant: string | undefined): Account {
    const key = JSON.stringify([provider.name, tenant]);
    const account =
      accounts.get(key) ??
      new Account(provider, tenant, fetchCallOf(provider).perMinute ?? DEFAULT_PER_MINUTE, options);
    // The last of the map is the one that was used last.
    accounts.delete(key);
    accounts.set(key, account);
    for (const oldest of accounts.keys()) if (accounts.size > MOST_ACCOUNTS) accounts.delete(oldest);
    return account;
  }
}

function forEach(callIds: readonly string[], answer: NoAnswer): Map<string, Answer | NoAnswer> {
  return new Map(callIds.map((callId) => [callId, answer]));
}

function fetchCallOf({ definition }: Provider): FetchCall {
  return definition.fetchCall as FetchCall;
}
