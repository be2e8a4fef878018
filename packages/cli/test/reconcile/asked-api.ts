import { type ApiAnswer, type ApiRequest, type ApiServer, apiServer } from '../../../core/test/api-server.ts';
import {
  EXOTEL_API,
  exotelApi,
  type Records,
  SIGNALWIRE_API,
  signalwireApi,
} from '../../../core/test/provider-apis.ts';

/** The credentials that {@link startApis} accepts, as a user sets them. */
export const API_CREDENTIALS: Readonly<Record<string, string>> = {
  SIGNALWIRE_SPACE: SIGNALWIRE_API.space,
  SIGNALWIRE_PROJECT_ID: SIGNALWIRE_API.project,
  SIGNALWIRE_API_TOKEN: SIGNALWIRE_API.token,
  EXOTEL_SID: EXOTEL_API.sid,
  EXOTEL_API_KEY: EXOTEL_API.key,
  EXOTEL_API_TOKEN: EXOTEL_API.token,
  EXOTEL_REGION: EXOTEL_API.region,
};

/** The APIs of SignalWire and Exotel on this machine. */
export interface Apis extends Pick<ApiServer, 'requests' | 'url'> {
  /** Has a program ask them in place of the real ones. */
  readonly env: Readonly<Record<string, string>>;
  /** The hosts that the program wanted to ask. */
  hosts(): readonly string[];
}

/** Starts the APIs. A fault is answered in place of the truth. */
export async function startApis(
  records: Records,
  fault: (request: ApiRequest) => ApiAnswer | undefined = () => undefined,
): Promise<Apis> {
  const [exotel, signalwire] = [exotelApi(records), signalwireApi(records)];
  const { url, requests } = await apiServer((request) => {
    const isExotel = request.path.startsWith('/v1/');
    return fault(request) ?? (isExotel ? exotel(request) : signalwire(request));
  });
  return {
    requests,
    url,
    env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(redirecting(url))}` },
    hosts: () => requests.map(({ headers }) => String(headers['x-wanted-host'])),
  };
}

/** The hosts are fixed in the program, so its connections are turned to another one. */
function redirecting(url: string): string {
  const { hostname, port } = new URL(url);
  return `
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
https.request = ({ host, pathname, search }, { headers, signal }, callback) => http.request({
  hostname: '${hostname}', port: ${port}, path: pathname + search, signal, headers: { ...headers, 'x-wanted-host': host },
}, callback);
syncBuiltinESMExports();`;
}
