// The built-in providers ask servers that answer as their APIs are documented.
import { describe, expect, it } from 'vitest';
import { exotelCall, signalwireCall, voicedockCall } from '../../../test/api-records.ts';
import { type ApiServer, apiServer } from '../../../test/api-server.ts';
import {
  EXOTEL_API,
  exotelApi,
  type Records,
  SIGNALWIRE_API,
  signalwireApi,
  VOICEDOCK_API,
  voicedockApi,
} from '../../../test/provider-apis.ts';
import type { Provider } from '../../provider/define-provider.ts';
import { exotel } from '../../providers/exotel.ts';
import { signalwire } from '../../providers/signalwire.ts';
import { voicedock } from '../../providers/voicedock.ts';
import { createAsker } from './create-asker.ts';

const UUID = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
const OTHER_UUID = '7c9e6679-7425-40de-944b-e07fc1f90ae8';
const SID = '80bfbec2d78bbbf10fb851f4fa165211';
const OTHER_SID = '80bfbec2d78bbbf10fb851f4fa165212';
const WITH_NUMBER = 'call-_+15551230001_abc123';

/** The answers for calls, and the codes of what was reported. */
async function ask(provider: Provider, callIds: readonly string[]): Promise<readonly [unknown[], string[]]> {
  const reported: string[] = [];
  let nowMs = 0;
  const report = ({ code }: { readonly code: string }): unknown => reported.push(code);
  const asker = createAsker({ providers: [provider], timers: { now: () => nowMs }, now: () => nowMs, report });
  await asker.ask(provider.name, undefined, callIds);
  nowMs = 60_000;
  const answers = await asker.ask(provider.name, undefined, callIds);
  return [callIds.map((callId) => answers.get(callId)), reported];
}

describe.each<
  [
    string,
    (server: ApiServer, wrong: object) => Provider,
    (calls: Records) => Parameters<typeof apiServer>[0],
    object,
    string,
    string,
  ]
>([
  [
    'signalwire',
    ({ url }, wrong) => signalwire({ signingKey: 'k', api: { ...SIGNALWIRE_API, ...wrong, url } }),
    signalwireApi,
    signalwireCall(),
    UUID,
    OTHER_UUID,
  ],
  [
    'exotel',
    ({ url }, wrong) => exotel({ token: 't', api: { ...EXOTEL_API, ...wrong, url } }),
    exotelApi,
    exotelCall(),
    SID,
    OTHER_SID,
  ],
  [
    'voicedock',
    ({ url }, wrong) => voicedock({ secret: 's', api: { ...VOICEDOCK_API, ...wrong, url } }),
    voicedockApi,
    voicedockCall({ id: WITH_NUMBER }),
    WITH_NUMBER,
    UUID,
  ],
])('%s', (provider, make, api, record, callId, otherId) => {
  it('says what it knows of a call', async () => {
    const server = await apiServer(api(new Map([[callId, record]])));
    const found = { form: { callId } };
    expect(await ask(make(server, {}), [callId])).toMatchObject([[found], []]);
    expect(await ask(make(server, {}), [otherId])).toEqual([['not_found'], []]);
    expect(server.requests).toHaveLength(2);
  });

  it('refuses other credentials', async () => {
    const server = await apiServer(api(new Map([[callId, record]])));
    const wrong = provider === 'voicedock' ? { key: 'other' } : { token: 'other' };
    expect(await ask(make(server, wrong), [callId])).toEqual([
      [{ wasAsked: true, httpStatus: 401 }],
      ['api_credentials'],
    ]);
  });
});

it('Exotel is asked for several calls at once', async () => {
  const server = await apiServer(exotelApi(new Map([[SID, exotelCall()]])));
  const provider = exotel({ token: 't', api: { ...EXOTEL_API, url: server.url } });
  expect(await ask(provider, [SID, OTHER_SID])).toMatchObject([[{ form: { callId: SID } }, 'not_found'], []]);
  expect(server.requests).toHaveLength(1);
});
