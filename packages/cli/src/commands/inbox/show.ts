import { type CallParts, partsOf } from '@call-status/core/inbox';
import { type Command, command } from '../../command.ts';
import { findCallOrWatch, isWatch, unknownCall } from '../../inbox/find-call.ts';
import { INBOX_ARGS, REVEAL_ARG, reading } from '../../inbox/open.ts';
import { privacyOf } from '../../inbox/privacy.ts';
import { shownCall } from '../../inbox/show-call.ts';
import { shownWatch } from '../../inbox/show-watch.ts';
import { safe } from '../../output/safe.ts';

const show: Command = command({
  about: `Shows one call: its events in the order in which they were recorded, what their handlers have done, its legs, and whether it is
watched. The beginning of its id is enough.`,
  args: {
    ...INBOX_ARGS,
    call: {
      type: 'positional',
      required: true,
      description: 'The id of the call, or the beginning of it: 3 characters or more',
    },
    provider: { type: 'string', valueHint: 'name', description: 'The call of this provider' },
    tenant: { type: 'string', valueHint: 'name', description: 'The call of this tenant' },
    fields: { type: 'boolean', description: "The provider's own fields, too" },
    ...REVEAL_ARG,
  },
  examples: [['inbox show calls.db 8b77c41c', 'Shows the call whose id begins so']],
  async run({ args, output }) {
    const privacy = privacyOf(args.reveal);
    const withFields = args.fields === true;
    await reading(args, async (inbox) => {
      const found = await findCallOrWatch(inbox, args, privacy, output);
      if (found !== undefined && isWatch(found)) {
        const title = safe(`${found.provider}  ${privacy.id(found.callId)}`);
        output.row(privacy.json({ watch: found }));
        return output.result(`  ${title}\n${shownWatch(found, privacy, output)}`);
      }
      const parts = found && (await partsOf(inbox, found));
      if (parts === undefined) throw unknownCall(args);
      output.row(privacy.json(rowOf(parts, withFields)));
      return output.result(shownCall(parts, withFields, privacy, output));
    });
    return 0;
  },
});

export default show;

function rowOf({ summary, call, events, parent, children, watch }: CallParts, withFields: boolean): object {
  const { events: _, ...details } = call;
  return {
    call: { ...details, ...summary },
    events: events.map(({ event, handling }) => {
      const { raw, ...rest } = event;
      return { ...rest, ...(withFields && { raw }), handling };
    }),
    ...(parent !== undefined && { parent: { callId: parent.callId, status: parent.status } }),
    children,
    ...(watch !== undefined && { watch }),
  };
}
