// Serves the board with calls that go on and on: npx tsx packages/board/test/serve.ts [--port N] [--calls N] [--sqlite] [--can view,raw]
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildApp } from '../build-app.ts';
import { runningBoard } from './running-board.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4510' },
    calls: { type: 'string', default: '200' },
    sqlite: { type: 'boolean', default: false },
    can: { type: 'string' },
  },
});
const can = values.can && Object.fromEntries(values.can.split(',').map((name) => [name, true]));

await buildApp();
const board = await runningBoard({ port: Number(values.port), sqlite: values.sqlite, ...(can && { can }) });
console.log(`The board: ${board.url}  and as most visitors see it: ${board.url}masked/`);
process.once('SIGINT', () => void board[Symbol.asyncDispose]().then(() => process.exit()));

let number = 0;
for (; number < Number(values.calls); number++) {
  await board.play(number);
  if (number % 5 === 0) await board.forge(number);
}
for (;;) {
  void board.play(number++, () => sleep(500 + Math.random() * 3000));
  if (number % 4 === 0) await board.forge(number);
  await sleep(700);
}
