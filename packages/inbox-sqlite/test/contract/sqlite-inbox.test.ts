import { sqliteInbox } from '../../src/sqlite-inbox.ts';
import { testContract } from './contract.ts';

testContract('sqliteInbox', sqliteInbox, true);
