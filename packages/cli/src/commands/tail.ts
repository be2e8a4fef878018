import { type AnyCallStatusEvent, CALL_STATUSES } from '@call-status/core';
import type { FeedQuery } from '@call-status/core/inbox';
import { wrongUsage } from '../cli-error.ts';
import { type Command, command } from '../command.ts';
import { parties, shortId, styleOf } from '../inbox/call-columns.ts';
import { follow } from '../inbox/follow.ts';
import { INBOX_ARGS, REVEAL_ARG, reading } from '../inbox/open.ts';
import { type Privacy, privacyOf } from '../inbox/privacy.ts';
import { timeOf } from '../input/spans.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';

const tail: Command = command({
  about: `Follows the events of an inbox in the order of recording, one line each, from now on, until you end it. It waits while a database
restarts, and goes on where it was.`,
  args: {
    ...INBOX_ARGS,
    since: { type: 'string', valueHint: 'time', description: 'Begin with events received then: a time, or 10m, 1h' },
    'from-start': { type: 'boolean', description: 'Begin with the oldest event' },
    after: { type: 'string', valueHint: 'cursor', description: 'Begin after the event with this cursor, of --json' },
    provider: { type: 'string', valueHint: 'name', description: 'Events of this provider' },
    status: {
      type: 'enum',
      options: [...CALL_STATUSES],
      description: 'Events with this status; may be given several times',
    },
    fields: { type: 'boolean', description: "The provider's own fields, too, with --json" },
    ...REVEAL_ARG,
  },
  repeatable: ['status'],
  examples: [
    ['tail calls.db', 'Shows events as they come'],
    ['tail env:DATABASE_URL --since 1h --json', 'Gives a program the events of the last hour, and then new ones'],
  ],
  async run({ args, output, all }) {
    const start = startOf(args);
    const since = 'since' in start ? String(start.since) : '';
    const statuses = new Set(all('status'));
    const privacy = privacyOf(args.reveal);
    const outage = {
      began: (reason: string) => output.note(`${safe(reason)} Waiting for it.`),
      ended: () => output.note('The inbox answers again; nothing was passed over.'),
    };
    await reading(args, async (inbox) => {
      for await (const { rows, missed } of follow(inbox, start, args.provider, outage)) {
        if (missed) {
          output.note('Missed: events were removed before they were read.');
          output.row({ missed: true });
        }
        for (const { cursor, event } of rows) {
          if (event.receivedAt < since || (statuses.size > 0 && !statuses.has(event.status))) continue;
          const { raw, ...rest } = event;
          output.row(privacy.json({ cursor, ...rest, ...(args.fields === true && { raw }) }));
          if (!output.isJson) output.result(lineOf(event, privacy, output));
        }
      }
    });
    return 0;
  },
});

export default tail;

/** Where to begin. */
interface Start {
  readonly since?: string | undefined;
  readonly 'from-start'?: boolean | undefined;
  readonly after?: string | undefined;
}

function startOf({ since, 'from-start': fromStart, after }: Start): Pick<FeedQuery, 'after' | 'since'> {
  if ([since, fromStart, after].filter((one) => one !== undefined && one !== false).length > 1) {
    throw wrongUsage('--since, --from-start and --after exclude each other.');
  }
  if (since !== undefined) return { since: timeOf(since, '--since') };
  if (fromStart === true) return {};
  return { after: after ?? 'end' };
}

const LONGEST_STATUS = 'in-progress'.length;

function lineOf(event: AnyCallStatusEvent, privacy: Privacy, { style }: Output): string {
  const { receivedAt, provider, status, transition, callId } = event;
  const look = styleOf(status, style) ?? ((text: string) => text);
  const unusual = transition === 'advance' ? '' : style.yellow(transition);
  return [
    style.dim(receivedAt.slice(11, 23)),
    look(status.padEnd(LONGEST_STATUS)),
    safe(provider).padEnd(10),
    safe(shortId(callId, privacy)).padEnd(9),
    safe(parties(event, privacy)),
    unusual,
  ]
    .filter((part) => part !== '')
    .join('  ');
}
