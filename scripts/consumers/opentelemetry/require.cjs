const assert = require('node:assert/strict');
const { instrumentCallStatus } = require('@call-status/opentelemetry');

const telemetry = instrumentCallStatus();
assert.equal(telemetry.traceContext(), undefined);
telemetry.stop();
