import { expect, it } from 'vitest';
import { firstCommand } from '../../app/calls/first-command.ts';

it.each([
  [undefined, '<the URL of your callbacks>'],
  ['http://127.0.0.1:3000/voice', "'http://127.0.0.1:3000/voice'"],
  ['http://localhost/voice', "'http://localhost/voice'"],
  ['https://calls.example/voice', "'https://calls.example/voice' --allow-remote"],
  ['https://localhost.example/voice', "'https://localhost.example/voice' --allow-remote"],
  ["https://calls.example/it's;id", "'https://calls.example/it%27s;id' --allow-remote"],
])('the first command for callbacks at %s', (url, target) => {
  expect(firstCommand('acme', url)).toBe(`npx call-status trigger acme.completed --to ${target}`);
});
