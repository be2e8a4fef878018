const assert = require('node:assert/strict');
const { postgresInbox } = require('@call-status/inbox-postgres');

assert.equal(typeof postgresInbox, 'function');
