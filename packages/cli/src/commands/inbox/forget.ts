import { notFound } from '../../cli-error.ts';
import { type Command, command } from '../../command.ts';
import { parties } from '../../inbox/call-columns.ts';
import { INBOX_ARGS, REVEAL_ARG, reading, writing } from '../../inbox/open.ts';
import { privacyOf } from '../../inbox/privacy.ts';
import { announce, confirm } from '../../input/confirm.ts';
import { safe } from '../../output/safe.ts';

const forget: Command = command({
  about: `Erases a call for good, also a live one: its events, numbers, work and dead letters. Shows it, and asks. Hashes of its event ids stay for
seven days, so that a redelivery is still a duplicate.`,
  args: {
    ...INBOX_ARGS,
    provider: { type: 'positional', required: true, description: 'The provider of the call' },
    call: { type: 'positional', required: true, description: 'The whole id of the call' },
    tenant: { type: 'string', valueHint: 'name', description: 'The tenant of the call, if it has one' },
    yes: { type: 'boolean', alias: 'y', description: 'Do not ask' },
    ...REVEAL_ARG,
  },
  examples: [['inbox forget calls.db signalwire 8b77c41c-0000-4000-8000-000000000001', 'Erases a call']],
  async run({ args, output }) {
    const { provider, call: callId, tenant } = args;
    const privacy = privacyOf(args.reveal);
    const found = await reading(args, async (inbox) => ({
      call: await inbox.getCall(provider, callId, tenant),
      watch: await inbox.watches.get({ provider, callId, ...(tenant !== undefined && { tenant }) }),
    }));
    if (found.call === undefined && found.watch === undefined) {
      throw notFound(
        `${provider} has no call "${privacy.id(callId)}".`,
        'call-status inbox show finds it by the beginning of its id.',
      );
    }
    const { call } = found;
    const count = call?.events.length ?? 0;
    const what = call === undefined ? 'expected, without a callback' : `${call.status}  ${parties(call, privacy)}`;
    const events = count === 1 ? '1 event' : `${count} events`;
    announce(`  ${safe(`${provider}  ${privacy.id(callId)}  ${what}`)}  ${events}`, args.yes, output);
    const isForgotten =
      (await confirm('Erase 1 call for good?', args.yes)) &&
      (await writing(args, (inbox) => inbox.forgetCall(provider, callId, tenant)));
    output.row(privacy.json({ provider, callId, ...(tenant !== undefined && { tenant }), forgotten: isForgotten }));
    output.result(isForgotten ? '1 call erased.' : 'Nothing was erased.');
    return isForgotten ? 0 : 1;
  },
});

export default forget;
