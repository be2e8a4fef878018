import { type Refusal, type RefusalQuery, rowsOf } from '@call-status/core/inbox';
import { type Command, command } from '../../command.ts';
import { countOf, INBOX_ARGS, REVEAL_ARG, reading } from '../../inbox/open.ts';
import { type Privacy, privacyOf } from '../../inbox/privacy.ts';
import { timeOf } from '../../input/spans.ts';
import { ago } from '../../output/duration.ts';
import type { Output } from '../../output/output.ts';
import { table } from '../../output/table.ts';

const refused: Command = command({
  about: `Shows callbacks that were refused: those with the same reason as one row, the most frequent first; with --code, one by one, newest
first. The ids are for call-status doctor.`,
  args: {
    ...INBOX_ARGS,
    code: { type: 'string', description: 'Those with this code, one by one: signature_mismatch' },
    provider: { type: 'string', valueHint: 'name', description: 'Those of this provider' },
    since: { type: 'string', valueHint: 'time', description: 'Refused since then: a time, or 10m, 1h, 7d' },
    until: { type: 'string', valueHint: 'time', description: 'Refused before' },
    limit: { type: 'string', default: '50', description: 'How many, with --code' },
    ...REVEAL_ARG,
  },
  examples: [['inbox refused calls.db --since 1h', 'Shows why callbacks were refused in the last hour']],
  async run({ args, output }) {
    const privacy = privacyOf(args.reveal);
    const limit = countOf(args.limit, '--limit');
    const { code, provider, since, until } = args;
    const query: RefusalQuery = {
      ...(code !== undefined && { code: code as NonNullable<RefusalQuery['code']> }),
      ...(provider !== undefined && { provider }),
      ...(since !== undefined && { since: timeOf(since, '--since') }),
      ...(until !== undefined && { until: timeOf(until, '--until') }),
    };
    await reading(args, async (inbox) => {
      const found: Refusal[] = [];
      const most = code === undefined ? Number.POSITIVE_INFINITY : limit;
      for await (const refusal of rowsOf((page) => inbox.refusals.list({ ...query, ...page }), most))
        found.push(refusal);
      const groups = code === undefined ? groupsOf(found) : found.map((one) => groupOf([one]));
      for (const group of groups) output.row(privacy.json(group));
      if (groups.length === 0) return output.note('No refused callback is kept.');
      print(groups, privacy, output);
    });
    return 0;
  },
});

export default refused;

/** Refused callbacks with the same provider, code and hint. */
interface RefusalGroup
  extends Pick<Refusal, 'provider' | 'code' | 'httpStatus' | 'hint' | 'url' | 'count' | 'firstAt' | 'lastAt'> {
  /** The newest first. */
  readonly ids: readonly string[];
  /** Whether requests are kept whole. */
  readonly hasRequest: boolean;
}

function groupsOf(refusals: readonly Refusal[]): RefusalGroup[] {
  const groups = new Map<string, Refusal[]>();
  for (const refusal of refusals) {
    const key = JSON.stringify([refusal.provider, refusal.code, refusal.hint]);
    groups.set(key, [...(groups.get(key) ?? []), refusal]);
  }
  return [...groups.values()].map(groupOf).sort((a, b) => b.count - a.count);
}

/** @param refusals at least one, newest first */
function groupOf(refusals: readonly Refusal[]): RefusalGroup {
  const { provider, code, httpStatus, hint, url, lastAt } = refusals[0] as Refusal;
  return {
    ...(provider !== undefined && { provider }),
    code,
    httpStatus,
    ...(hint !== undefined && { hint }),
    url,
    count: refusals.reduce((sum, { count }) => sum + count, 0),
    firstAt: refusals.map(({ firstAt }) => firstAt).sort()[0] as string,
    lastAt,
    ids: refusals.map(({ id }) => id),
    hasRequest: refusals.some(({ request }) => request !== undefined),
  };
}

function print(groups: readonly RefusalGroup[], privacy: Privacy, output: Output): void {
  const { style } = output;
  const rows = table(
    groups,
    [
      { title: 'CALLBACKS', text: ({ count }) => String(count), align: 'right' },
      { title: 'PROVIDER', text: ({ provider }) => provider ?? '?' },
      { title: 'CODE', text: ({ code }) => code, style: () => style.red },
      { title: 'ANSWER', text: ({ httpStatus }) => String(httpStatus), isOptional: true },
      { title: 'LAST', text: ({ lastAt }) => ago(lastAt) },
      { title: 'ID', text: ({ ids }) => ids[0] as string },
      { title: 'URL', text: ({ url }) => privacy.text(url), shrinks: 10, isOptional: true },
      { title: 'HINT', text: ({ hint }) => privacy.text(hint ?? ''), shrinks: 20 },
    ],
    output,
  );
  output.result(rows);
  const isWhole = groups.some(({ hasRequest }) => hasRequest);
  output.note(
    isWhole
      ? 'Explain one: call-status doctor --db FILE --refused ID'
      : 'Only summaries are kept: with keepRefused: { raw: true }, call-status doctor can explain a signature.',
  );
}
