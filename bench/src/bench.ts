/** `pnpm run bench [targets | channels cli http inbox latency known loading memory micro queries recognition …] [options]`: prints Markdown tables. See README.md. */
import { parseArgs } from 'node:util';
import { benchChannels } from './channels.ts';
import { benchCli } from './cli.ts';
import { benchPeers } from './durable/peers.ts';
import { benchPostgres } from './durable/recording.ts';
import { simulate } from './durable/simulate.ts';
import { benchHttp } from './http.ts';
import { benchInbox } from './inbox.ts';
import { benchKnownCalls } from './known.ts';
import { benchLatency } from './latency.ts';
import { benchLoading } from './loading.ts';
import { benchMemory } from './memory.ts';
import { benchMicro } from './micro.ts';
import { benchQueries } from './queries.ts';
import { benchRecognition } from './recognition.ts';
import { MACHINE, markdown, type Section, targetsOf } from './report.ts';
import { benchSimulator } from './simulator.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    windows: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '1' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string' },
    calls: { type: 'string' },
    base: { type: 'string' },
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

const PARTS: Readonly<Record<string, () => Section | Promise<Section | readonly Section[]>>> = {
  channels: () => benchChannels(options.windows),
  cli: benchCli,
  http: () => benchHttp(options),
  inbox: () => benchInbox(options),
  latency: () => benchLatency(options),
  known: () => benchKnownCalls(Number(values.calls ?? 1_000_000)),
  loading: () => benchLoading(values.base),
  memory: benchMemory,
  micro: benchMicro,
  queries: () => benchQueries(Number(values.calls ?? 1_000_000), values.only),
  recognition: benchRecognition,
  postgres: () => benchPostgres(options),
  peers: () => benchPeers(options),
  simulator: () => benchSimulator(Number(values.calls ?? 30_000)),
  simulate: () => simulate(Number(values.calls ?? 20_000)),
};

/** Those with targets. `targets` in place of parts measures them, and prints no other table. */
const WITH_TARGETS = ['http', 'inbox', 'known', 'recognition', 'postgres', 'peers'];

/** A simulation measures nothing that a change here could make slower. */
const BY_DEFAULT = Object.keys(PARTS).filter((part) => part !== 'simulate');

const isAboutTargets = positionals.includes('targets');
const parts = isAboutTargets ? WITH_TARGETS : positionals.length > 0 ? positionals : BY_DEFAULT;
const sections: Section[] = [];
for (const part of parts) {
  const bench = PARTS[part];
  if (bench === undefined) throw new Error(`No part ${part}; there are targets, ${Object.keys(PARTS).join(', ')}.`);
  for (const section of [await bench()].flat()) {
    sections.push(section);
    if (!values.json && !isAboutTargets) console.log(`\n${markdown(section)}`);
  }
}
const targets = targetsOf(sections);
if (values.json) console.log(JSON.stringify({ machine: MACHINE, options, sections, targets }, undefined, 2));
else if (targets.rows.length > 0) console.log(`\n${markdown(targets)}`);
