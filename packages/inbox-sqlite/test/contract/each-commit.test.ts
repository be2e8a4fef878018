import { unthreadedInbox } from '../support.ts';
import { testContract } from './contract.ts';

testContract('sqliteInbox without its thread and without group commit', unthreadedInbox, false);
