// Which call is shown, and what of it.
import { describe, expect, it } from 'vitest';
import { run } from '../run.ts';
import { anEvent, INBOXES, type Opened } from './inboxes.ts';

function show({ args: [place = '', ...schema] }: Opened, ...rest: string[]) {
  return run(['inbox', 'show', place, ...rest, ...schema]);
}

describe.each(INBOXES)('in %s', (_, open) => {
  it('a whole id counts first, also of a call that is only expected', async () => {
    const opened = await open();
    const expected = (callId: string, more: object = {}) => ({
      provider: 'signalwire',
      callId,
      dueInMs: 600_000,
      expected: {},
      ...more,
    });
    for (const watch of [
      expected('abc1'),
      expected('abc10'),
      expected('shared', { tenant: 'acme' }),
      expected('shared', { provider: 'exotel' }),
      expected('known-2'),
    ])
      await opened.inbox.watches.add([watch]);
    for (const callId of ['abc12', 'known-1', 'known-10']) await opened.inbox.record(anEvent(callId, 'ringing'));

    const [one, several, both, ofTenant, call, mixed, other, none] = await Promise.all([
      show(opened, 'abc1', '--json'),
      show(opened, 'abc'),
      show(opened, 'shared'),
      show(opened, 'shared', '--tenant', 'acme', '--json'),
      show(opened, 'known-1', '--json'),
      show(opened, 'known'),
      show(opened, 'known-2'),
      show(opened, 'shared', '--provider', 'twilio'),
    ]);
    expect([one.exitCode, JSON.parse(one.stdout)]).toMatchObject([0, { watch: { callId: 'abc1' } }]);
    expect([several.exitCode, several.stdout]).toEqual([2, '']);
    expect(several.stderr).toMatch(/STATUS[\s\S]*ringing +signalwire +abc12 [\s\S]*expected +signalwire +abc1\n/);
    expect(several.stderr).toContain('3 calls begin with "abc".');
    expect([both.exitCode, both.stderr]).toEqual([
      2,
      expect.stringContaining('inbox show has --provider and --tenant'),
    ]);
    expect(JSON.parse(ofTenant.stdout)).toMatchObject({ watch: { callId: 'shared', tenant: 'acme' } });
    expect(JSON.parse(call.stdout)).toMatchObject({ call: { callId: 'known-1' } });
    expect([mixed.exitCode, mixed.stderr]).toEqual([2, expect.stringContaining('3 calls begin with "known".')]);
    expect(other.stdout).toMatch(/signalwire {2}known-2\n.*expected, without a callback/);
    expect([none.exitCode, none.stderr]).toEqual([4, expect.stringContaining('There is no call of twilio')]);
  });
});

it('numbers are masked in every text of a provider', async () => {
  const [, open] = INBOXES[0] as (typeof INBOXES)[number];
  const opened = await open();
  const number = '+15550104567';
  await opened.inbox.record(
    anEvent('call-1', 'failed', {
      callerName: number,
      agent: { number },
      hangup: { by: 'callee', cause: `no route to ${number}` },
      sip: { code: 480, phrase: `sip:${number}@example.com` },
      error: { code: `E-${number}`, message: `${number} is busy` },
      recording: { url: `https://api.example.com/${number}.mp3` },
      legs: [
        { number, rawStatus: `to ${number}`, cause: number },
        { number: '15550104567', status: 'busy' },
      ],
    }),
  );
  await opened.inbox.record(anEvent('call-2', 'completed', { recording: { id: `RE1234567890-${number}` } }));
  const { stdout } = await show(opened, 'call-1');
  expect(stdout).not.toContain('0104567');
  expect(stdout).toContain('recording  https://api.example.com/+1555•••4567.mp3\n');
  expect((await show(opened, 'call-2')).stdout).toContain('recording  RE1234567890-+1555•••4567');
  expect((await show(opened, 'call-1', '--reveal')).stdout).toContain(`sip:${number}@example.com`);
});
