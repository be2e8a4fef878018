// The APIs of the built-in providers, as they document them: `apiServer(exotelApi(calls))`.
import { basic } from '../src/provider/basic.ts';
import type { ApiAnswer, ApiRequest } from './api-server.ts';

/** The records of calls by their ids. A test may change them while its server runs. */
export type Records = ReadonlyMap<string, object>;

type Api = (request: ApiRequest) => ApiAnswer;

const NOT_FOUND: ApiAnswer = { status: 404, json: { message: 'Not found' } };

/** Answers only with these credentials, and only for a path that is known; its group is the id of the call. */
function guarded(
  authorization: string,
  path: RegExp,
  answer: (callId: string, query: URLSearchParams) => ApiAnswer,
): Api {
  return ({ path: given, query, headers }) => {
    if (headers.authorization !== authorization) return { status: 401, json: { message: 'Unauthorized' } };
    const found = path.exec(given);
    return found === null ? NOT_FOUND : answer(decodeURIComponent(found[1] ?? ''), query);
  };
}

function one(record: object | undefined, wrap: (record: object) => object = (given) => given): ApiAnswer {
  return record === undefined ? NOT_FOUND : { json: wrap(record) };
}

/** SignalWire's Compatibility API. */
export function signalwireApi(calls: Records): Api {
  const path = /^\/api\/laml\/2010-04-01\/Accounts\/project-1\/Calls\/([^/]+)\.json$/;
  return guarded(basic('project-1', 'token-1'), path, (callId) => one(calls.get(callId)));
}

/** The credentials that {@link signalwireApi} accepts. */
export const SIGNALWIRE_API = { space: 'acme', project: 'project-1', token: 'token-1' } as const;

/** Exotel's Call Details API, for one call or for several. */
export function exotelApi(calls: Records): Api {
  const path = /^\/v1\/Accounts\/acme1\/Calls(?:\/([^/]+))?\.json$/;
  return guarded(basic('key-1', 'token-1'), path, (callId, query) => {
    const sids = query.get('Sid')?.split(',');
    if (sids === undefined) return one(calls.get(callId), (Call) => ({ Call }));
    return { json: { Metadata: { PageSize: 50 }, Calls: sids.flatMap((sid) => calls.get(sid) ?? []) } };
  });
}

/** The credentials that {@link exotelApi} accepts. */
export const EXOTEL_API = { key: 'key-1', token: 'token-1', sid: 'acme1', region: 'in' } as const;

/** VoiceDock's API. */
export function voicedockApi(calls: Records): Api {
  return guarded('Bearer key-1', /^\/api\/v1\/calls\/([^/]+)$/, (callId) => one(calls.get(callId)));
}

/** The credentials that {@link voicedockApi} accepts. */
export const VOICEDOCK_API = { key: 'key-1' } as const;
