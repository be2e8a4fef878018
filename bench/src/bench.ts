/** `pnpm run bench [http] [inbox] [known] [micro] [options]`: prints Markdown tables. See README.md. */
import { parseArgs } from 'node:util';
import { benchHttp } from './http.ts';
import { benchInbox, benchKnownCalls } from './inbox.ts';
import { benchMicro } from './micro.ts';
import { markdown, type Section } from './report.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    windows: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '1' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string' },
    calls: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
  },
});

const options = {
  rounds: Number(values.rounds),
  windows: Number(values.windows),
  seconds: Number(values.seconds),
  connections: Number(values.connections),
  only: values.only,
};

const PARTS: Readonly<Record<string, () => Promise<Section>>> = {
  http: () => benchHttp(options),
  inbox: () => benchInbox(options),
  known: () => benchKnownCalls(Number(values.calls)),
  micro: benchMicro,
};

const sections: Section[] = [];
for (const part of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  const bench = PARTS[part];
  if (bench === undefined) throw new Error(`No part ${part}; there are ${Object.keys(PARTS).join(', ')}.`);
  const section = await bench();
  sections.push(section);
  if (!values.json) console.log(`\n${markdown(section)}`);
}
if (values.json) console.log(JSON.stringify({ node: process.version, options, sections }, undefined, 2));
