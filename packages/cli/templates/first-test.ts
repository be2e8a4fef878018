import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { callback, forged, proofFor, send } from '@call-status/testing';

// Set before the application reads them. What is proved with 'test' is genuine here.
Object.assign(process.env, {
  ENVIRONMENT,
  PUBLIC_URL: 'https://hooks.example.com',
});

const { app } = await import('../src/app.ts');
const { calls, providers } = await import('../src/calls.ts');

after(() => calls.close());

for (const provider of providers) {
  test(`a genuine callback of ${provider.name} is accepted, and a forged one is not`, async () => {
    const completed = callback(provider, 'completed', proofFor(provider, 'test'));
    assert.equal((await send(app, completed)).status, 200);
    // The log says why.
    assert.equal((await send(app, forged(completed))).status, 403);
    const { rows } = await calls.inbox.listCalls({ provider: provider.name });
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['completed'],
    );
  });
}
