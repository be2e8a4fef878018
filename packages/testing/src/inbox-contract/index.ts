export type { InboxUnderTest, MakeInbox } from './contract-test.ts';
export { type ContractTest, contractOf, inboxContract } from './inbox-contract.ts';
