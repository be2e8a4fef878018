const assert = require('node:assert/strict');
const { sqliteInbox } = require('@call-status/inbox-sqlite');

assert.equal(typeof sqliteInbox, 'function');
