import { describe, expect, it, vi } from 'vitest';
import {
  begin,
  codes,
  deferred,
  errors,
  faulty,
  inbox,
  LEASE_MS,
  POLL_MS,
  pass,
  record,
  settled,
  worker,
} from '../../test/worker-subject.ts';
import { CallStatusError } from '../errors.ts';
import type { Inbox } from '../inbox/inbox.ts';

describe('an inbox that fails', () => {
  it('is one fault however long it lasts, and says when it works again', async () => {
    let isDown = true;
    const take: Inbox['take'] = (request) => (isDown ? Promise.reject(new Error('away')) : inbox.take(request));
    worker({}, { inbox: faulty({ take }) });
    await pass(POLL_MS * 7 + 1);
    expect(codes()).toEqual(['inbox_unavailable']);
    isDown = false;
    await pass(POLL_MS * 2);
    expect(codes()).toEqual(['inbox_unavailable', 'inbox_recovered']);
    expect(errors[1]).toMatchObject({ severity: 'info', details: { reason: 'It first failed 8 s ago.' } });
  });

  it('is asked for jobs again', async () => {
    let failures = 2;
    const handle = vi.fn();
    const take: Inbox['take'] = async (request) => {
      if (failures-- > 0) throw new Error('away');
      return inbox.take(request);
    };
    worker({ handle }, { inbox: faulty({ take }) });
    await record('c1');
    await pass(POLL_MS - 1);
    expect(handle).not.toHaveBeenCalled();
    expect(codes()).toEqual(['inbox_unavailable']);
    await pass(POLL_MS * 2);
    expect(codes()).toEqual(['inbox_unavailable', 'inbox_recovered']);
    expect(handle).toHaveBeenCalledOnce();
  });

  it('gets the result again until it answers, without another call of the handler', async () => {
    let failures = 3;
    const handle = vi.fn();
    const finish: Inbox['finish'] = async (lease) => {
      if (failures-- > 0) throw new Error('away');
      return inbox.finish(lease);
    };
    worker({ handle }, { inbox: faulty({ finish }) });
    await record('c1');
    await pass(POLL_MS * 4);
    expect(codes()).toEqual(['inbox_unavailable']);
    expect(errors[0]?.details).toEqual({ provider: 'acme', eventId: 'c1:ringing' });
    expect(handle).toHaveBeenCalledOnce();
    expect(settled).toEqual([['c1:ringing', true]]);
  });

  it('reports a dead letter once, as soon as the inbox has it', async () => {
    let failures = 1;
    const fail: Inbox['fail'] = async (...given) => {
      if (failures-- > 0) throw new Error('away');
      return inbox.fail(...given);
    };
    worker({ handle: () => Promise.reject(new Error('no')) }, { inbox: faulty({ fail }), retry: { attempts: 1 } });
    await record('c1');
    await pass(1);
    expect(codes()).toEqual(['handler_failed handle', 'inbox_unavailable']);
    await pass(POLL_MS);
    expect(codes().slice(2)).toEqual(['dead_letter']);
  });

  const own = new CallStatusError('inbox_full', { hint: 'Of the inbox.' }, { cause: new Error('SQLITE_FULL') });
  const newer = Object.assign(new Error('of a newer copy'), {
    name: 'CallStatusError',
    code: 'inbox_lazy',
    status: 503,
  });
  const where = { provider: 'acme', eventId: 'c1:ringing' };

  it.each([
    ['take', {}, 1],
    ['renew', {}, LEASE_MS / 3],
    ['finish', where, 1],
    ['fail', where, 1],
    ['release', where, 1],
  ] as const)('says why it failed to %s, in its own words where it has some', async (method, details, ms) => {
    for (const [thrown, code, cause, more] of [
      [own, own.code, own.cause, own.details],
      [new CallStatusError('handler_failed'), 'inbox_unavailable', { code: 'handler_failed' }, {}],
      [newer, 'inbox_unavailable', { code: 'inbox_lazy' }, {}],
      [new Error('away'), 'inbox_unavailable', { message: 'away' }, {}],
    ] as const) {
      begin();
      const slow = deferred();
      const handle = (): unknown => {
        if (method === 'fail') throw new Error('of the handler');
        return method === 'finish' ? undefined : slow.promise;
      };
      const made = worker({ handle }, { inbox: faulty({ [method]: () => Promise.reject(thrown) }) });
      await record('c1');
      await pass(ms);
      const stopping = made.stop(0);
      await pass(1);
      await stopping;
      const [failed] = errors.filter((error) => error.code !== 'handler_failed');
      expect(failed).toMatchObject({ code, cause });
      expect(failed?.details).toEqual({ ...details, ...more });
      slow.resolve();
      await pass(1);
    }
  });

  it('reports no dead letter that another worker has taken over', async () => {
    worker(
      { handle: () => Promise.reject(new Error('no')) },
      { inbox: faulty({ fail: async () => 'lost' }), retry: { attempts: 1 } },
    );
    await record('c1');
    await pass(1);
    expect(codes()).toEqual(['handler_failed handle', 'lease_lost']);
  });
});
