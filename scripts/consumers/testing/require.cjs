const assert = require('node:assert/strict');
const { mycpaas } = require('@call-status/core');
const { callback } = require('@call-status/testing');

assert.match(callback(mycpaas, 'completed', { token: 'key' }).url, /token=key$/);
