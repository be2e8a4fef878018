import { reconcileOnce } from '@call-status/core';
import { notFound, refused, wrongUsage } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import type { RECONCILE_ARGS } from '../commands/reconcile.ts';
import { type INBOX_ARGS, type REVEAL_ARG, reading, writing } from '../inbox/open.ts';
import { privacyOf } from '../inbox/privacy.ts';
import { confirm } from '../input/confirm.ts';
import { findProvider, loadProviders } from '../input/providers.ts';
import { namedSecret } from '../input/secrets.ts';
import { spanOf } from '../input/spans.ts';
import { duration } from '../output/duration.ts';
import { listed } from './credentials.ts';
import { adviceFor, isFailure, lineOf, type Outcome, rowOf, summaryOf } from './outcome.ts';
import { isAskable, type Plan, planOf, previewOf } from './plan.ts';
import { type SilentCall, silentCalls } from './silent-calls.ts';

type Context = CommandContext<typeof INBOX_ARGS & typeof RECONCILE_ARGS & typeof REVEAL_ARG>;

/** Runs `call-status reconcile`. */
export async function runReconcile(context: Context): Promise<number> {
  const { args, output } = context;
  const silentForMs = spanOf(args['older-than'], '--older-than');
  const secret = await secretOf(args);
  const providers = await loadProviders(args);
  const { provider, call } = args;
  if (provider !== undefined) findProvider(provider, providers);
  const calls = await reading(args, (inbox) => silentCalls(inbox, { silentForMs, provider, call }));
  const silentFor = duration(silentForMs);
  if (calls.length === 0) {
    const none = `No live call has been silent for ${silentFor} or longer`;
    if (call !== undefined) throw notFound(`${none} whose id begins with "${privacyOf(args.reveal).id(call)}".`);
    output.note(`${none}.`);
    return 0;
  }
  const plan = planOf(calls, providers, (name) => (name === provider ? secret : undefined));
  output.note(previewOf(plan, calls.length, silentFor, output));
  const report = reporter(context, calls);
  if (args['dry-run'] === true) {
    report.all(plan, 'not_asked');
    output.note('No provider was asked.');
    return 0;
  }
  const { groups, asked, hosts } = plan;
  const [first] = groups;
  if (asked.length === 0 && first !== undefined && !isAskable(first.how)) {
    report.unaskable(plan);
    throw refused(`No provider was asked: ${first.how.why}.`, first.how.fix);
  }
  if (
    !(await confirm(`Ask ${listed(hosts)} about ${asked.length === 1 ? '1 call' : `${asked.length} calls`}?`, args.yes))
  ) {
    output.note('No provider was asked.');
    return 1;
  }
  report.unaskable(plan);
  await writing(args, async (inbox) => {
    const onError = (error: Parameters<typeof adviceFor>[0]): void => output.note(adviceFor(error));
    const log = { warn() {}, error() {} };
    for await (const one of reconcileOnce({ inbox, providers: plan.providers, calls: asked, onError, log })) {
      report.asked(one);
    }
  });
  return report.end();
}

/** Prints what comes of the calls, and counts it. */
function reporter({ args, output }: Context, calls: readonly SilentCall[]) {
  const privacy = privacyOf(args.reveal);
  const byKey = new Map(calls.map((call) => [keyOf(call), call]));
  const counts = new Map<Outcome['result'], number>();
  const say = (outcome: Outcome): void => {
    counts.set(outcome.result, (counts.get(outcome.result) ?? 0) + 1);
    output.row(privacy.json(rowOf(outcome)));
  };
  const unaskable = (plan: Plan): void => {
    for (const { how, calls: some } of plan.groups) {
      if (!isAskable(how)) for (const call of some) say({ ...call, call, result: how.result });
    }
  };
  return {
    unaskable,
    /** Only what could be done: nothing for people, who have seen the preview. */
    all(plan: Plan, result: 'not_asked'): void {
      unaskable(plan);
      for (const call of plan.asked) say({ ...call, call, result });
    },
    asked(one: Omit<Outcome, 'call'>): void {
      const call = byKey.get(keyOf(one));
      if (call === undefined) return;
      const outcome = { ...one, call };
      say(outcome);
      output.result(lineOf(outcome, privacy, output));
    },
    /** The exit code. */
    end(): number {
      output.result(summaryOf(counts));
      return [...counts.keys()].some(isFailure) ? 1 : 0;
    },
  };
}

function keyOf({ provider, tenant, callId }: Pick<SilentCall, 'provider' | 'tenant' | 'callId'>): string {
  return JSON.stringify([provider, tenant, callId]);
}

/** The secret part of the credentials of `--provider`, if a flag gives it. */
async function secretOf(args: Context['args']): Promise<string | undefined> {
  const isGiven = args['secret-from-env'] !== undefined || args['secret-stdin'] === true;
  if (isGiven && args.provider === undefined) {
    throw wrongUsage('Whose secret is it?', 'Add --provider NAME.');
  }
  return namedSecret(args);
}
