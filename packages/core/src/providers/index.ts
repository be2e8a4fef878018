import { exotel } from './exotel.ts';
import { mycpaas } from './mycpaas.ts';
import { signalwire } from './signalwire.ts';
import { voicedock } from './voicedock.ts';

export type { LamlFields } from '../provider/laml/laml.ts';
export * from './exotel.ts';
export * from './mycpaas.ts';
export * from './signalwire.ts';
export * from './voicedock.ts';

/** The providers that come with call-status: all of them take part where none is named. */
export const builtInProviders: readonly [typeof signalwire, typeof exotel, typeof voicedock, typeof mycpaas] = [
  signalwire,
  exotel,
  voicedock,
  mycpaas,
];
