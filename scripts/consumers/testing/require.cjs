const assert = require('node:assert/strict');
const { callback, testReceiver } = require('@call-status/testing');

assert.equal(typeof callback, 'function');
assert.equal(typeof testReceiver, 'function');
