export { type InboxUnderTest, inboxContract, type MakeInbox } from './inbox-contract.ts';
