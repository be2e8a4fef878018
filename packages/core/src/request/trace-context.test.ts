import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it, vi } from 'vitest';
import { callbackOf } from '../../test/published.ts';
import { createCallStatus } from '../create-call-status.ts';
import { memoryInbox } from '../inbox/memory-inbox.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { traceSource } from './trace-context.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const silent = { warn() {}, error() {} };

it('is called once for each accepted callback, in the context of its request, just before its event is recorded', async () => {
  const storage = new AsyncLocalStorage<string>();
  const inbox = memoryInbox();
  const record = vi.spyOn(inbox, 'record');
  const seen: unknown[] = [];
  const calls = createCallStatus({
    providers: [mycpaas({ allowUnauthenticated: true })],
    inbox,
    log: silent,
    worker: false,
    traceContext: () => {
      seen.push([storage.getStore(), record.mock.calls.length]);
      return TRACE;
    },
  });
  await storage.run('accepted', () => calls.receive(callbackOf('CallSid=CA1&CallStatus=busy')));
  await storage.run('rejected', () => calls.receive(callbackOf('CallSid=CA1')));
  await storage.run('passed on', () => calls.receive(callbackOf('a=1', { callbackOnly: false })));
  await storage.run('duplicate', () => calls.receive(callbackOf('CallSid=CA1&CallStatus=busy')));
  expect(seen).toEqual([
    ['accepted', 0],
    ['duplicate', 1],
  ]);
  const { jobs } = await inbox.take({ limit: 10, leaseMs: 1000, owner: 'test' });
  expect(jobs.map(({ trace }) => trace)).toEqual([TRACE]);
  await calls.close();
});

it.each([
  ['nothing', undefined],
  ['no text', 7],
  ['a promise', Promise.resolve(TRACE)],
  ['another text', 'trace'],
  ['a trace id of zeros', TRACE.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32))],
  ['a parent id of zeros', TRACE.replace('b7ad6b7169203331', '0'.repeat(16))],
  ['upper case', TRACE.toUpperCase()],
  ['the forbidden version', TRACE.replace('00-', 'ff-')],
  ['more text', `${TRACE}-more`],
])('ignores %s', (what, given) => {
  const debug = vi.fn();
  const source = traceSource((() => given) as never, { ...silent, debug }) as () => unknown;
  expect([source(), source()]).toEqual([undefined, undefined]);
  // Once, and not at all if there is no trace now.
  expect(debug.mock.calls).toEqual(
    what === 'nothing' ? [] : [[{ code: 'trace_context', reason: expect.any(String) }, expect.any(String)]],
  );
});

it.each([
  ['no debug lines', {}],
  ['a log that fails', { debug: vi.fn().mockThrow(new Error('full')) }],
])('ignores what a function throws, with %s', (_, log) => {
  const source = traceSource(
    () => {
      throw new Error('no trace here');
    },
    { ...silent, ...log },
  ) as () => unknown;
  expect(source()).toBeUndefined();
});

it('says in one debug line that the function failed, without the text of its error', () => {
  const debug = vi.fn(function (this: unknown) {
    // As pino's does, it needs its logger.
    expect(this).toHaveProperty('debug', debug);
  });
  const fail = () => {
    throw new Error('+15550100');
  };
  traceSource(fail, { ...silent, debug })?.();
  expect(debug).toHaveBeenCalledWith(
    { code: 'trace_context', reason: 'the function threw an error.' },
    'What traceContext returns is ignored: the function threw an error. Logged once.',
  );
  expect(debug.mock.results).toMatchObject([{ type: 'return' }]);
});
