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
import { adviceFor } from './outcome.ts';
import { isAskable, planOf, previewOf } from './plan.ts';
import { Report } from './report.ts';
import { silentCalls } from './silent-calls.ts';

type Context = CommandContext<typeof INBOX_ARGS & typeof RECONCILE_ARGS & typeof REVEAL_ARG>;

/** Runs `call-status reconcile`. */
export async function runReconcile(context: Context): Promise<number> {
  const { args, output } = context;
  const silentForMs = spanOf(args['older-than'], '--older-than');
  const secret = await secretOf(args);
  const providers = await loadProviders(args);
  const { provider, call } = args;
  const privacy = privacyOf(args.reveal);
  if (provider !== undefined) findProvider(provider, providers);
  const calls = await reading(args, (inbox) => silentCalls(inbox, { silentForMs, provider, call }));
  const silentFor = duration(silentForMs);
  if (calls.length === 0) {
    const none = `No live call has been silent for ${silentFor} or longer`;
    if (call !== undefined) throw notFound(`${none} whose id begins with "${privacy.id(call)}".`);
    output.note(`${none}.`);
    return 0;
  }
  const plan = planOf(calls, providers, (name) => (name === provider ? secret : undefined));
  output.note(previewOf(plan, calls.length, silentFor, output));
  const report = new Report(calls, privacy, output);
  if (args['dry-run'] === true) {
    report.onlyShown(plan);
    output.note('No provider was asked.');
    return 0;
  }
  const { groups, asked, hosts } = plan;
  const [first] = groups;
  if (asked.length === 0 && first !== undefined && !isAskable(first.how)) {
    report.notAsked(plan);
    throw refused(`No provider was asked: ${first.how.why}.`, first.how.fix);
  }
  if (
    !(await confirm(`Ask ${listed(hosts)} about ${asked.length === 1 ? '1 call' : `${asked.length} calls`}?`, args.yes))
  ) {
    output.note('No provider was asked.');
    return 1;
  }
  report.notAsked(plan);
  await writing(args, async (inbox) => {
    const onError = (error: Parameters<typeof adviceFor>[0]): void => output.note(adviceFor(error));
    const log = { warn() {}, error() {} };
    try {
      const outcomes = reconcileOnce({ inbox, providers: plan.providers, calls: asked, onError, log });
      for await (const one of outcomes) report.asked(one);
    } catch (error) {
      output.note(`${report.summary || 'Nothing was recorded'} before it failed: run it again for the others.`);
      throw error;
    }
  });
  output.result(report.summary);
  return report.hasFailures ? 1 : 0;
}

/** The secret part of the credentials of `--provider`, if a flag gives it. */
async function secretOf(args: Context['args']): Promise<string | undefined> {
  const isGiven = args['secret-from-env'] !== undefined || args['secret-stdin'] === true;
  if (isGiven && args.provider === undefined) {
    throw wrongUsage('Whose secret is it?', 'Add --provider NAME.');
  }
  return namedSecret(args);
}
