/**
 * A receiver with a memory inbox under a flood of large callbacks. Prints how they were answered, what the inbox holds, and what
 * is in memory. Argument: which flood.
 */
import { setImmediate } from 'node:timers/promises';
import { createCallStatus, memoryInbox, mycpaas } from '../../src/index.ts';

const LARGE = 'x'.repeat(64_000);
const FORM = 'application/x-www-form-urlencoded';
/** Of all JSON in so many bytes, lists in lists take the most memory. */
const LISTS = Array(3000).fill('[[[[[[[[[[]]]]]]]]]]').join(',');
const HOUR_MS = 3_600_000;

interface Flood {
  readonly callbacks?: number;
  readonly body?: (at: number) => string;
  readonly type?: string;
  readonly handle?: () => unknown;
  readonly retry?: { readonly attempts: number };
  readonly replays?: boolean;
}

const fail = () => {
  throw new Error('This handler fails.');
};
const large = (at: number) => `CallSid=c${at}&CallStatus=ringing&Pad=${LARGE}`;
const never = () => new Promise(() => {});

const FLOODS: Readonly<Record<string, Flood>> = {
  'live calls': {},
  'dead letters': { handle: fail, retry: { attempts: 1 } },
  'dead letters with long errors': {
    body: (at) => `CallSid=c${at}&CallStatus=ringing`,
    handle: () => {
      throw new Error(LARGE.repeat(2));
    },
    retry: { attempts: 1 },
  },
  retries: { handle: fail, retry: { attempts: 8 } },
  'handlers that never settle': { handle: never },
  'many events of one call': {
    body: (at) => `CallSid=c&CallStatus=ringing&CallDuration=${at}&Pad=${LARGE}`,
    handle: never,
  },
  replays: { handle: fail, retry: { attempts: 1 }, replays: true },
  'many fields': {
    callbacks: 1500,
    body: (at) =>
      `CallSid=c${at}&CallStatus=ringing${Array.from({ length: 900 }, (_, n) => `&f${at}_${n}=${n}`).join('')}`,
    handle: never,
  },
  'long names': { body: (at) => `CallSid=c${at}&CallStatus=ringing&${at}${LARGE}=1`, handle: never },
  'bodies that are mostly dropped': {
    body: (at) => `CallSid=ca-rather-long-id-${at}&CallStatus=ringing${'&'.repeat(64_000)}`,
    handle: never,
  },
  'parts that are mostly dropped': {
    body: (at) =>
      `${LARGE}\r\n--b\r\nContent-Disposition: form-data; name="CallSid"\r\n\r\na-rather-long-id-${at}\r\n--b\r\nContent-Disposition: form-data; name="CallStatus"\r\n\r\nringing\r\n--b--\r\n`,
    type: 'multipart/form-data; boundary=b',
    handle: never,
  },
  'two bytes for each character': {
    body: (at) => `CallSid=c${at}&CallStatus=ringing&Pad=☎${LARGE}`,
    handle: never,
  },
  JSON: {
    body: (at) => JSON.stringify({ CallSid: `c${at}`, CallStatus: 'ringing', Pad: LARGE }),
    type: 'application/json',
    handle: never,
  },
  'JSON of many values': {
    callbacks: 600,
    body: (at) => `{"CallSid":"c${at}","CallStatus":"completed","Pad":[${LISTS}]}`,
    type: 'application/json',
  },
};

const {
  callbacks = 4000,
  body = large,
  type = FORM,
  handle = () => {},
  retry = { attempts: 1 },
  replays = false,
} = FLOODS[process.argv[2] ?? ''] as Flood;

const calls = createCallStatus({
  inbox: memoryInbox(),
  log: { info() {}, warn() {}, error() {} },
  providers: [mycpaas({ token: 'a-token', onStatus: handle })],
  retry: { ...retry, backoff: () => HOUR_MS },
});
const statuses: Record<string, number> = {};
for (let at = 0; at < callbacks; at++) {
  const receipt = await calls.receive({
    method: 'POST',
    url: '/my?token=a-token',
    origin: 'https://hooks.example.com',
    headers: { 'content-type': type },
    body: Buffer.from(body(at)),
  });
  const status = `${receipt?.status}`;
  statuses[status] = (statuses[status] ?? 0) + 1;
  if (at % 20 === 0) await setImmediate();
  if (replays && at % 50 === 0) await calls.inbox.deadLetters.replayAll();
}
console.log(JSON.stringify({ statuses, counts: await calls.inbox.counts(), heap: process.memoryUsage().heapUsed }));
process.exit();
