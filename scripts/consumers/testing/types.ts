/** What the types of the test kit promise and refuse. */
import { createCallStatus, exotel, signalwire, voicedock } from '@call-status/core';
import { type Callback, callback, manualClock, testReceiver } from '@call-status/testing';

export const made: Callback = callback(signalwire, 'completed', { fields: { CallDuration: 42 }, secret: 'key' });
callback(voicedock, 'ended', { fields: { message: { call: { status: 'rejected' }, end_reason: undefined } } });
callback(exotel({ token: 'key' }), 'inbound-missed', { encoding: 'multipart', token: 'key' });

// @ts-expect-error - no such encoding
callback(signalwire, 'completed', { encoding: 'xml' });

// @ts-expect-error - no such option
callback(signalwire, 'completed', { signingkey: 'key' });

// @ts-expect-error - a call has an id and a status, not a number
callback(voicedock, 'ended', { fields: { message: { call: 7 } } });

export const { events, clock } = testReceiver({ providers: [signalwire({ signingKey: 'key' })] });
export const statuses: readonly 'completed'[] = events('onCompleted').map((event) => event.status);
export const providers: readonly 'signalwire'[] = events('onEnded').map((event) => event.provider);

// @ts-expect-error - no such handler
events('onFinished');

createCallStatus({ providers: [exotel({ token: 'key' })], clock: manualClock() });
