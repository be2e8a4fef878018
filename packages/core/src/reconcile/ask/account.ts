import { CallStatusError, isCallStatusError, unexpected } from '../../errors.ts';
import type { Provider } from '../../provider/define-provider.ts';
import type { Answer } from '../../provider/fetch-call.ts';
import type { Clock, Timers } from '../../timer.ts';
import type { NoAnswer } from '../asker.ts';
import { credentialsFor, ofTenant } from './credentials.ts';
import { inquire, type Outcome } from './inquiry.ts';
import { Pace } from './pace.ts';

/** What an asker needs. */
export interface AskerOptions {
  /** With their own options as parsed. */
  readonly providers: readonly Provider[];
  readonly timers: Pick<Timers, 'now'>;
  /** For a `Retry-After` that is a date. */
  readonly now: Clock;
  /** Gets `api_credentials`, `api_failed` and `unexpected`. */
  report(error: CallStatusError): void;
}

/** One answer or reason for all calls, or an answer for each. */
type Found = ReadonlyMap<string, Answer> | NoAnswer;

/** One account at a provider: that of a tenant, or the only one. */
export class Account {
  readonly #provider: Provider;
  readonly #tenant: string | undefined;
  readonly #options: AskerOptions;
  readonly #pace: Pace;
  /** Refused credentials are reported once, until they are accepted. */
  #isRefused = false;

  constructor(provider: Provider, tenant: string | undefined, perMinute: number, options: AskerOptions) {
    this.#provider = provider;
    this.#tenant = tenant;
    this.#options = options;
    this.#pace = new Pace(perMinute, options.timers.now());
  }

  /** Asks for calls with one request, if the account may be asked now. */
  async ask(callIds: readonly string[], signal: AbortSignal): Promise<Found> {
    const waitMs = this.#pace.enter(this.#now());
    if (waitMs > 0) return { wasAsked: false, retryInMs: waitMs };
    let wasAsked = false;
    try {
      const credentials = await credentialsFor(this.#provider, this.#tenant);
      if (credentials === undefined) return { wasAsked, obstacle: 'no_credentials' };
      wasAsked = true;
      const outcome = await inquire(this.#provider, credentials, callIds, signal, this.#options.now);
      return signal.aborted ? { wasAsked } : this.#learn(outcome);
    } catch (error) {
      this.#pace.breaker.failed();
      if (isCallStatusError(error)) this.#refused(error);
      else this.#options.report(unexpected(error, this.#provider.name));
      return wasAsked ? { wasAsked } : { wasAsked, obstacle: 'no_credentials' };
    }
  }

  #learn(outcome: Outcome): Found {
    const { breaker } = this.#pace;
    switch (outcome.result) {
      case 'answered':
        breaker.succeeded();
        this.#isRefused = false;
        return outcome.answers;
      case 'limited':
        return { ...this.#pause(outcome.retryInMs), httpStatus: outcome.httpStatus };
      case 'refused':
        breaker.failed();
        this.#refused(this.#error('api_credentials', outcome.reason));
        return { wasAsked: true, httpStatus: outcome.httpStatus };
      case 'failed': {
        if (breaker.failed()) this.#options.report(this.#error('api_failed', outcome.reason));
        const { retryInMs, httpStatus } = outcome;
        return { ...(retryInMs === undefined ? { wasAsked: true } : this.#pause(retryInMs)), httpStatus };
      }
    }
  }

  #pause(retryInMs: number): NoAnswer {
    this.#pace.pause(retryInMs, this.#now());
    return { wasAsked: true, retryInMs };
  }

  #refused(error: CallStatusError): void {
    if (!this.#isRefused) this.#options.report(error);
    this.#isRefused = true;
  }

  #error(code: 'api_credentials' | 'api_failed', reason: string): CallStatusError {
    const whose = ofTenant(this.#tenant);
    return new CallStatusError(code, {
      provider: this.#provider.name,
      reason: whose === '' ? reason : `${reason} Asked${whose}.`,
    });
  }

  #now(): number {
    return this.#options.timers.now();
  }
}
