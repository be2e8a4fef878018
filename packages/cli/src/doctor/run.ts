import type { Refusal } from '@call-status/core/inbox';
import type { ProviderLike } from '@call-status/testing';
import type { Capture } from '../capture/captured.ts';
import type { HarEntry } from '../capture/har.ts';
import { wrongUsage } from '../cli-error.ts';
import { findProvider, loadProviders } from '../input/providers.ts';
import type { SecretArgs } from '../input/secrets.ts';
import { timeOf } from '../input/spans.ts';
import { maskUnless } from '../output/mask.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import { table } from '../output/table.ts';
import { type Examination, examine } from './examine.ts';
import { namedSecrets, secretsOf } from './known-secrets.ts';
import { type CaptureArgs, openCapture } from './open-capture.ts';
import { examinationLines, headline } from './print.ts';
import { isRecognized, whyNotRecognized } from './recognize.ts';
import { rowOf } from './row.ts';

/** The arguments of the command. */
export interface DoctorArgs extends CaptureArgs, SecretArgs {
  readonly provider?: string | undefined;
  readonly at?: string | undefined;
  readonly reveal?: boolean | undefined;
  readonly config?: string | undefined;
}

/** Explains a captured request. Resolves to 0 if its proof is valid and the receiver takes it, and to 1 if not, or if that could not be checked. */
export async function runDoctor(args: DoctorArgs, secretNames: readonly string[], output: Output): Promise<number> {
  if (args['secret-stdin'] && [args.file, args.har].includes('-')) {
    throw wrongUsage('Standard input has either the request or the secret.', 'Name the secret with --secret-from-env.');
  }
  const providers = await loadProviders(args);
  const chosen = args.provider === undefined ? undefined : findProvider(args.provider, providers);
  const list = (entries: readonly HarEntry[]): void => output.note(entryTable(entries, output));
  const { capture, refusal } = await openCapture(args, providers.all, list);
  const mask = maskUnless(args.reveal);
  if (capture === undefined) return explainRefusal(refusal as Refusal, output);

  const atMs = args.at === undefined ? capture.atMs : Date.parse(timeOf(args.at, '--at'));
  const recognizing = providers.all.filter((provider) => isRecognized(capture.request, provider));
  const own = chosen === undefined ? recognizing : [chosen];
  output.result(headline(capture, mask));
  if (refusal !== undefined) output.result(`  ${refusalText(refusal)}`);
  for (const note of capture.notes) output.result(`  ${output.style.dim('note')} ${safe(note)}`);
  if (own.length === 0) return explainUnknown(capture, providers.all, output);

  const named = await namedSecrets(args, secretNames, own[0] as ProviderLike);
  const examinations: Examination[] = [];
  for (const provider of own) {
    const known = await secretsOf(provider, named);
    examinations.push(
      await examine(capture, { provider, known, all: providers.all, publicUrl: args['public-url'], atMs }),
    );
  }
  // Related providers recognize the same requests, and only one of them sent it.
  const valid = examinations.filter(({ isValid }) => isValid);
  for (const examination of valid.length > 0 ? valid : examinations) {
    for (const line of examinationLines(examination, output, mask)) output.result(line);
    output.row(rowOf(examination, capture, atMs, mask));
  }
  return valid.some(({ outcome }) => outcome?.error === undefined) ? 0 : 1;
}

/** Without a request, there is only what the receiver found out when it came. */
function explainRefusal(refusal: Refusal, output: Output): number {
  const { id, provider = 'unknown', code, url, hint } = refusal;
  const fix =
    'The inbox has no request of it: set keepRefused: { raw: true } in the receiver, and the next ones are kept.';
  output.result(
    `${refusalText(refusal)}\n  url       ${safe(url)}\n  hint      ${safe(hint ?? 'none')}\n  fix       ${fix}`,
  );
  output.row({ refusal: id, provider, verdict: 'not_kept', code, url, hint: hint ?? null, fix });
  return 1;
}

function refusalText({ id, provider = 'an unknown provider', code, httpStatus, count, firstAt }: Refusal): string {
  const times = count === 1 ? '' : `, ${count} times`;
  return safe(`rejected with ${httpStatus} ${code} at ${firstAt}${times}: callback of ${provider}, id ${id}`);
}

function explainUnknown({ request }: Capture, all: readonly ProviderLike[], output: Output): number {
  output.result(`  ${output.style.red('✗')} no provider recognizes it`);
  const reasons = all.map((provider) => ({
    provider: provider.definition.name,
    reason: safe(whyNotRecognized(request, provider)),
  }));
  for (const reason of new Set(reasons.map((one) => one.reason))) {
    const names = reasons.filter((one) => one.reason === reason).map(({ provider }) => provider);
    output.result(`    ${names.join(', ')}: ${reason}`);
  }
  output.result('    If you know whose callback it is, name it: --provider twilio');
  output.row({ provider: null, verdict: 'not_recognized', reasons });
  return 1;
}

function entryTable(entries: readonly HarEntry[], output: Output): string {
  return table(
    entries,
    [
      { title: 'ENTRY', text: ({ number }) => String(number), align: 'right' },
      { title: 'STARTED', text: ({ startedAt = '' }) => startedAt },
      { title: 'STATUS', text: ({ status = '' }) => String(status) },
      { title: 'REQUEST', text: ({ method, url }) => `${method} ${url}` },
    ],
    output,
  );
}
