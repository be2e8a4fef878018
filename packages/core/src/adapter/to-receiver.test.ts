import { describe, expect, it } from 'vitest';
import { silent } from '../../test/node-server.ts';
import { createCallStatus } from '../create-call-status.ts';
import { mycpaas } from '../providers/mycpaas.ts';
import { toReceiver } from './to-receiver.ts';

describe('toReceiver', () => {
  it('take a receiver, a provider of it, options, or nothing', async () => {
    const receiver = createCallStatus({ providers: [mycpaas()], log: silent, worker: false });
    const endpoint = receiver.provider('mycpaas');
    expect(toReceiver(receiver)).toBe(receiver);
    expect(toReceiver(endpoint)).toBe(endpoint);
    expect(toReceiver({ providers: [mycpaas()], ack: 'manual', log: silent }).ack).toBe('manual');
    expect(() => toReceiver({ log: 7 as never })).toThrow(expect.objectContaining({ code: 'invalid_options' }));
    expect(toReceiver({ log: silent }).ack).toBe('recorded');
  });

  it.each([
    ['a name', 'signalwire'],
    ['null', null],
    ['a provider', mycpaas()],
    ['a provider that was not called', mycpaas],
  ])('refuse %s, and say what to write', (_, given) => {
    expect(() => toReceiver(given as never)).toThrow(
      expect.objectContaining({
        code: 'invalid_options',
        message: expect.stringContaining('{ providers: [signalwire({ … })] }'),
      }),
    );
  });
});
