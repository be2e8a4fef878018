/** A program of one command with citty, beside which the start of the command line is measured. */
import { defineCommand, runMain } from 'citty';

await runMain(
  defineCommand({
    meta: { name: 'bare', version: '0.0.0', description: 'Does nothing' },
    args: { list: { type: 'boolean' } },
    run() {},
  }),
);
