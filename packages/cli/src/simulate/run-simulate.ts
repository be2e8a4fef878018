import { randomInt } from 'node:crypto';
import { FAULT_NAMES, SCENARIO_NAMES, scenariosOf } from '@call-status/testing';
import { refused, unreachable, wrongUsage } from '../cli-error.ts';
import { reasonOf } from '../input/deliver.ts';
import { openInbox } from '../input/inbox.ts';
import { onNextInterrupt } from '../input/interrupts.ts';
import { loadProviders } from '../input/providers.ts';
import { spanOf, timeOf } from '../input/spans.ts';
import type { Output } from '../output/output.ts';
import { compare } from './compare.ts';
import { Ledger } from './ledger.ts';
import { callMaker, MOST_CALLS, type Plan } from './plan.ts';
import { showProgress } from './progress.ts';
import { countOf, faultsOf, flagOfFault, mixOf, rateOf } from './read-args.ts';
import { sendCalls } from './send-calls.ts';
import { printComparison, printSummary, type Summary, summaryRow } from './summary.ts';
import { newTally, type Tally } from './tally.ts';
import { type TargetArgs, targetsOf } from './targets.ts';

/** The arguments of the command. */
interface SimulateArgs extends TargetArgs {
  readonly scenario?: string | undefined;
  readonly calls: string;
  readonly rate: string;
  readonly concurrency: string;
  readonly mix?: string | undefined;
  readonly faults?: string | undefined;
  readonly seed?: string | undefined;
  readonly now?: string | undefined;
  readonly db?: string | undefined;
  readonly schema?: string | undefined;
  readonly assert?: boolean | undefined;
  readonly wait: string;
  readonly list?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** Runs `call-status simulate`. */
export async function runSimulate(args: SimulateArgs, output: Output): Promise<number> {
  if (args.list) return list(args, output);
  const plan = await planOf(args, output);
  // All of it is read before anything is sent.
  const [rate, concurrency, waitMs] = [
    rateOf(args.rate),
    countOf(args.concurrency, '--concurrency', 10_000),
    spanOf(args.wait, '--wait'),
  ];
  const inbox = await inboxOf(args, output);
  try {
    const tally = newTally();
    const ledger = inbox && new Ledger();
    const interruption = interruptible();
    const endProgress = showProgress(tally, plan.calls, !args.quiet && !args.json);
    const startedAt = performance.now();
    const gone = await sendCalls({
      calls: plan.calls,
      rate,
      concurrency,
      makeCall: callMaker(plan),
      tally,
      stop: interruption.stop,
      onExpected: (expected) => {
        for (const call of expected) ledger?.add(call);
      },
    });
    endProgress();
    if (gone !== undefined && tally.answers.size === 0) throw unreachable(...reasonOf(gone.to, gone.cause), gone.cause);
    const summary: Summary = { seed: plan.seed, tally, durationMs: performance.now() - startedAt, db: args.db };
    printSummary(summary, output);
    interruption.end();
    const comparison = inbox && ledger && (await compare(ledger, inbox, waitMs));
    if (comparison !== undefined) printComparison(comparison, output);
    output.row(summaryRow(summary, comparison));
    if (gone !== undefined) throw unreachable(...reasonOf(gone.to, gone.cause), gone.cause);
    judge(tally);
    if (comparison !== undefined && comparison.count > 0) return 1;
    return interruption.wasInterrupted() ? 130 : 0;
  } finally {
    await inbox?.close();
  }
}

async function planOf(args: SimulateArgs, output: Output): Promise<Plan> {
  const mix = mixOf(args.scenario, args.mix);
  const faults = faultsOf(args.faults);
  const calls = countOf(args.calls, '--calls', MOST_CALLS);
  const seed = args.seed === undefined ? randomInt(2 ** 31) : seedOf(args.seed);
  const nowMs = args.now === undefined ? undefined : Date.parse(timeOf(args.now, '--now'));
  return { targets: await targetsOf(args, mix, output), calls, seed, faults, nowMs };
}

function seedOf(text: string): number {
  const seed = Number(text || Number.NaN);
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw wrongUsage(`--seed is not "${text}".`, 'It is a whole number from 0.');
}

async function inboxOf(args: SimulateArgs, output: Output): Promise<Awaited<ReturnType<typeof openInbox>> | undefined> {
  if (!args.assert) return undefined;
  if (args.db === undefined)
    throw wrongUsage('--assert needs an inbox.', 'Give the one of your server: --db calls.db.');
  return openInbox(args.db, { write: false, schema: args.schema, onWarning: output.note });
}

/** The first SIGINT ends the sending, so that the summary is printed; the second ends the process. */
function interruptible(): { stop: AbortController; wasInterrupted(): boolean; end(): void } {
  const stop = new AbortController();
  let wasInterrupted = false;
  const end = onNextInterrupt(() => {
    wasInterrupted = true;
    stop.abort();
  });
  return { stop, wasInterrupted: () => wasInterrupted, end };
}

/** Whether the server accepted what it had to, and nothing else. */
function judge({ wronglyRefused, wronglyAccepted }: Tally): void {
  const [first] = [...wronglyRefused].sort(([, a], [, b]) => b - a);
  if (first !== undefined) {
    const [status, count] = first;
    throw refused(`The server answered ${status} to ${count} genuine callbacks.`, adviceFor(status));
  }
  if (wronglyAccepted === 0) return;
  throw refused(
    `The server accepted ${wronglyAccepted} callbacks that are signed for another port.`,
    'Give its provider the secret, so that it verifies signatures.',
  );
}

function adviceFor(status: number): string {
  if (status === 404) return 'Check the path of --to.';
  if (status === 401 || status === 403) {
    return 'Check that both have the same secret, and that --public-url is the publicUrl of your server. Its log says why.';
  }
  return 'Its log says why.';
}

async function list(args: SimulateArgs, output: Output): Promise<number> {
  const { all } = await loadProviders(args);
  output.result(`  SCENARIO            PROVIDERS`);
  for (const name of SCENARIO_NAMES) {
    const providers = all
      .filter((provider) => scenariosOf(provider).includes(name))
      .map(({ definition }) => definition.name);
    output.result(`  ${name.padEnd(18)}  ${providers.join(', ')}`);
    output.row({ kind: 'scenario', name, providers });
  }
  output.result(`\n  FAULTS              ${FAULT_NAMES.map(flagOfFault).join(', ')}`);
  for (const name of FAULT_NAMES) output.row({ kind: 'fault', name: flagOfFault(name) });
  return 0;
}
