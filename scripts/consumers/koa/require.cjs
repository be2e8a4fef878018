const assert = require('node:assert/strict');
const { callStatusMiddleware, createCallStatus, signalwire } = require('@call-status/koa');

const calls = createCallStatus({ providers: [signalwire({ signingKey: 'key' })] });
assert.equal(typeof callStatusMiddleware(calls), 'function');
void calls.close();
