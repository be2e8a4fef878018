const assert = require('node:assert/strict');
const { createBoard } = require('@call-status/board');

assert.equal(typeof createBoard, 'function');
