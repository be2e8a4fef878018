import type { CallStatusError } from '../src/errors.ts';
import type { Logger } from '../src/log/log.ts';
import { resolveOptions } from '../src/options/options.ts';
import { exotel } from '../src/providers/exotel.ts';
import { signalwire } from '../src/providers/signalwire.ts';

export const silent: Logger = { info() {}, warn() {}, error() {} };
export const proven = [signalwire({ signingKey: 'PSK' }), exotel({ token: ['one', 'two'] })];

export function refusal(options: object, environment?: string): CallStatusError {
  try {
    resolveOptions({ log: silent, ...options }, environment);
  } catch (error) {
    return error as CallStatusError;
  }
  throw new Error('The options were taken.');
}

/** Options that TypeScript would refuse. */
export const given = (options: object): never => options as never;

export const HANDLERS =
  'onQueued, onInitiated, onRinging, onInProgress, onCompleted, onBusy, onNoAnswer, onFailed, onCanceled, onEnded, onStatus, onMissing, onStuck, onError';
