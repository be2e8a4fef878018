/** What the types promise and refuse to someone who tests an application. */
import { signalwire } from '@call-status/core';
import { type Callback, callback, type Fixture, fixtures, testReceiver } from '@call-status/testing';

export const completed: Callback = callback(signalwire, 'completed', { fields: { CallDuration: 42 }, secret: 'test' });
export const all: readonly Fixture[] = fixtures(signalwire);

// @ts-expect-error - a misspelled option is an error
callback(signalwire, 'completed', { secrets: 'test' });

const { calls, events } = testReceiver({ providers: [signalwire({ signingKey: 'test' })] });
export const ended: number = events('onEnded').length;
calls.provider('signalwire');

// @ts-expect-error - no such handler
events('onFinished');
