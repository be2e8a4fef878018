export * from './exotel.ts';
export * from './mycpaas.ts';
export * from './retell.ts';
export * from './signalwire.ts';
export * from './telnyx.ts';
export * from './twilio.ts';
export * from './voicedock.ts';
export * from './vonage.ts';
