const assert = require('node:assert/strict');
const { defineConfig } = require('call-status');

assert.deepEqual(defineConfig({ providers: [] }), { providers: [] });
