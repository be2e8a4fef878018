const assert = require('node:assert/strict');
const { createCallStatus, signalwire } = require('@call-status/core');

const calls = createCallStatus({ providers: [signalwire({ signingKey: 'key' })] });
assert.equal(typeof calls.receive, 'function');
void calls.close();

assert.equal(typeof require('@call-status/core/provider').defineProvider, 'function');
assert.equal(typeof require('@call-status/core/inbox').foldCall, 'function');
assert.equal(typeof require('@call-status/core/adapter').receiveNode, 'function');
