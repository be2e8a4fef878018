import { CALL_STATUSES, type CallStatus } from '@call-status/core';
import { type CallQuery, portionsOf } from '@call-status/core/inbox';
import { wrongUsage } from '../../cli-error.ts';
import { type Command, command } from '../../command.ts';
import { callColumns } from '../../inbox/call-columns.ts';
import { countOf, INBOX_ARGS, REVEAL_ARG, reading } from '../../inbox/open.ts';
import { privacyOf } from '../../inbox/privacy.ts';
import { spanOf, timeOf } from '../../input/spans.ts';
import { table } from '../../output/table.ts';

const ls: Command = command({
  about: `Lists calls, newest first. All filters must match. Marks: dead (an event that no attempt could handle), conflict (two final statuses
that contradict each other), late (an event came after one of a higher status).`,
  args: {
    ...INBOX_ARGS,
    state: { type: 'enum', options: ['live', 'ended'], description: 'Calls that go on, or have ended' },
    status: {
      type: 'enum',
      options: [...CALL_STATUSES],
      description: 'Calls with this status; may be given several times',
    },
    provider: { type: 'string', valueHint: 'name', description: 'Calls of this provider' },
    search: {
      type: 'string',
      valueHint: 'text',
      description: 'The beginning of a call id, or the first or last digits of a number',
    },
    since: { type: 'string', valueHint: 'time', description: 'Calls that began then or later: a time, or 10m, 1h, 7d' },
    until: { type: 'string', valueHint: 'time', description: 'Calls that began before' },
    'silent-for': { type: 'string', valueHint: 'span', description: 'Live calls without an event for so long: 10m' },
    parent: { type: 'string', valueHint: 'call', description: 'Calls that this call made, by its whole id' },
    conflict: { type: 'boolean', description: 'Calls with contradicting ends' },
    dead: { type: 'boolean', description: 'Calls with a dead letter' },
    sip: { type: 'string', valueHint: 'code', description: 'Calls with this SIP response code: 486' },
    error: { type: 'string', valueHint: 'code', description: 'Calls with this error code of the provider' },
    answered: { type: 'boolean', description: 'Calls that were answered' },
    unanswered: { type: 'boolean', description: 'Calls that were not; calls about which this is unknown are neither' },
    limit: { type: 'string', default: '50', description: 'How many calls' },
    all: { type: 'boolean', description: 'All calls, instead of --limit' },
    cursor: { type: 'string', valueHint: 'text', description: 'Go on where a list ended, with the same filters' },
    ...REVEAL_ARG,
  },
  repeatable: ['status'],
  examples: [
    ['inbox ls calls.db --state live --silent-for 10m', 'Shows live calls that have been silent for ten minutes'],
    ['inbox ls env:DATABASE_URL --search 4567 --since 1d', 'Finds a call by the last digits of a number'],
  ],
  async run({ args, output, all }) {
    if (args.answered === true && args.unanswered === true) {
      throw wrongUsage('--answered and --unanswered exclude each other.');
    }
    const query = queryOf(args, all('status') as readonly CallStatus[]);
    const privacy = privacyOf(args.reveal);
    const limit = args.all === true ? Number.POSITIVE_INFINITY : countOf(args.limit, '--limit');
    await reading(args, async (inbox) => {
      let count = 0;
      let next: string | undefined;
      for await (const portion of portionsOf((page) => inbox.listCalls({ ...query, ...page }), { ...args, limit })) {
        const { rows } = portion;
        for (const call of rows) output.row(privacy.json(call));
        if (rows.length > 0)
          output.result(table(rows, callColumns(privacy, output), output, { hasTitles: count === 0 }));
        count += rows.length;
        next = portion.next;
      }
      if (count === 0) output.note('No call matches.');
      if (next === undefined) return;
      output.row({ next });
      if (!output.isJson) output.note(`There are more: add --cursor ${next}, or --all.`);
    });
    return 0;
  },
});

export default ls;

/** The filters of the command line. */
interface Filters {
  readonly state?: 'live' | 'ended' | undefined;
  readonly provider?: string | undefined;
  readonly search?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly 'silent-for'?: string | undefined;
  readonly parent?: string | undefined;
  readonly conflict?: boolean | undefined;
  readonly dead?: boolean | undefined;
  readonly sip?: string | undefined;
  readonly error?: string | undefined;
  readonly answered?: boolean | undefined;
  readonly unanswered?: boolean | undefined;
}

function queryOf(filters: Filters, status: readonly CallStatus[]): CallQuery {
  const {
    state,
    provider,
    search,
    since,
    until,
    'silent-for': silentFor,
    parent,
    conflict,
    dead,
    sip,
    error,
  } = filters;
  return {
    ...(state !== undefined && { state }),
    ...(status.length > 0 && { status }),
    ...(provider !== undefined && { provider }),
    ...(search !== undefined && { search }),
    ...(since !== undefined && { since: timeOf(since, '--since') }),
    ...(until !== undefined && { until: timeOf(until, '--until') }),
    ...(silentFor !== undefined && { silentForMs: spanOf(silentFor, '--silent-for') }),
    ...(parent !== undefined && { parentCallId: parent }),
    ...(conflict === true && { hasConflict: true }),
    ...(dead === true && { hasDeadLetter: true }),
    ...(sip !== undefined && { sipCode: sipCodeOf(sip) }),
    ...(error !== undefined && { errorCode: error }),
    ...(filters.answered === true && { answered: true }),
    ...(filters.unanswered === true && { answered: false }),
  };
}

function sipCodeOf(text: string): number {
  if (/^\d{3}$/.test(text)) return Number(text);
  throw wrongUsage(`--sip is not "${text}".`, 'It is a SIP response code, such as 486.');
}
