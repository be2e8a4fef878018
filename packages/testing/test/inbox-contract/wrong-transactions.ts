import { makeWrong, type WrongInbox } from './wrong-inbox.ts';

/** Inboxes whose transactions are wrong, each in one way. */
export const WRONG_TRANSACTIONS: readonly WrongInbox[] = [
  [
    'commits what handlers wrote though their lease is lost',
    'transactions',
    makeWrong((right, { table }) => ({ transaction: () => table.transaction(right, () => true) })),
  ],
  [
    'commits what handlers wrote each time that a result is told again',
    'transactions',
    makeWrong((right, { table }) => ({ transaction: () => table.transaction(right, (outcome) => outcome === 'done') })),
  ],
  [
    'writes at once, whatever becomes of the transaction',
    'transactions',
    makeWrong((right, { table }) => ({
      transaction() {
        const transaction = table.transaction(right, () => false);
        return {
          ...transaction,
          async query(text, values = []) {
            const result = await transaction.query<never>(text, values);
            table.write([String(values[0])]);
            return result;
          },
        };
      },
    })),
  ],
  [
    'counts retries by the clock of the host',
    'the clock of the store',
    makeWrong((right, { clock, storeClock }) => ({
      fail: (lease, { retryInMs = 0, ...failure }) =>
        right.fail(lease, { ...failure, retryInMs: Math.max(0, retryInMs + clock() - storeClock()) }),
    })),
  ],
];
