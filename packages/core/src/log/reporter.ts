import { inspect } from 'node:util';
import type { RequestHead } from '../callback-request.ts';
import type { CallStatusError } from '../errors.ts';
import type { ErrorHandler } from '../handlers/handlers.ts';
import { isObserved, publish } from '../telemetry.ts';
import { printable, printableLines } from '../text/printable.ts';
import { loggableUrl, loggableWord, withoutPhoneNumbers } from '../text/redact.ts';
import { BoundedLog } from './bounded-log.ts';
import type { Logger } from './log.ts';

/** Where errors at run time go: the log and the error handlers. */
export class Reporter {
  readonly #log: BoundedLog;
  readonly #handlersFor: (provider: string | undefined) => readonly ErrorHandler[];

  constructor(log: Logger, handlersFor: (provider: string | undefined) => readonly ErrorHandler[]) {
    this.#log = new BoundedLog(log);
    this.#handlersFor = handlersFor;
  }

  /** Logs an error, and tells the error handlers of each, also where the log only counts; what they throw is logged too. */
  report(error: CallStatusError): void {
    this.#write(error);
    for (const handler of this.#handlersFor(error.details.provider)) {
      try {
        Promise.resolve(handler(error)).catch((cause: unknown) => this.#handlerFailed('rejected', cause));
      } catch (cause) {
        this.#handlerFailed('threw', cause);
      }
    }
  }

  /** A request that was passed on. Why it was is asked for only where debug lines are written: what passes by must not cost. */
  passedOn(request: RequestHead, why: () => string, provider?: string): undefined {
    if (!this.#log.isDebug && !isObserved()) return;
    const reason = printable(why());
    publish(() => ({ type: 'callback.passed_on', provider, reason }));
    if (!this.#log.isDebug) return;
    const kind = { code: 'passed_on', ...(provider !== undefined && { provider }), reason };
    const details = { ...kind, ...describeRequest(request) };
    this.#log.write('debug', 'passed_on', kind, details, `Passed on to your application: ${reason}`);
  }

  /** Writes how many lines were left out. */
  flush(): void {
    this.#log.flush();
  }

  #write({ code, severity, message, cause, details }: CallStatusError): void {
    const { provider } = details;
    const kind = { code, ...(provider !== undefined && { provider }) };
    // The cause of an error is your own code's or the inbox's; that of a warning may quote the client.
    const shown = severity === 'error' && cause !== undefined && { cause: stackOf(cause) };
    const level = severity === 'error' ? 'error' : 'warn';
    this.#log.write(level, code, kind, { code, ...details, ...shown }, message);
  }

  #handlerFailed(how: 'threw' | 'rejected', cause: unknown): void {
    this.#log.write('error', 'onError', {}, { cause: stackOf(cause) }, `onError ${how}.`);
  }
}

/** Of what your code threw, which may be anything. */
function stackOf(cause: unknown): string | undefined {
  try {
    const text = cause instanceof Error ? cause.stack : inspect(cause);
    return text && printableLines(withoutPhoneNumbers(text));
  } catch {
    return 'What was thrown cannot be shown.';
  }
}

/** What the debug line of a request that was passed on shows beside the reason. */
interface ShownRequest {
  readonly method: string;
  readonly contentType?: string;
  readonly url?: string;
}

/** What can be shown of a request. */
function describeRequest({ method, headers, url }: RequestHead): ShownRequest {
  const type = headers['content-type'];
  return {
    method: loggableWord(method),
    // Without its parameters, of which multipart's is a random one.
    ...(typeof type === 'string' && { contentType: loggableWord(type.replace(/;.*/s, '').slice(0, 100)) }),
    ...(url !== undefined && { url: loggableUrl(url) }),
  };
}
