import { inspect } from 'node:util';
import type { RequestHead } from '../callback-request.ts';
import type { CallStatusError } from '../errors.ts';
import { AsyncContext } from '../handlers/context.ts';
import type { ErrorHandler } from '../handlers.ts';
import { BoundedLog } from '../log/bounded-log.ts';
import type { Logger } from '../log/log.ts';
import { printable, printableLines } from '../text/printable.ts';
import { loggableUrl, loggableWord, withoutPhoneNumbers } from '../text/redact.ts';
import { type ObservedRequest, observe } from './observed-request.ts';

/** Reports errors at run time: to the log and to the error handlers. */
export class Reporter {
  readonly #log: BoundedLog;
  readonly #handlersFor: (provider: string | undefined) => readonly ErrorHandler[];
  readonly #context = new AsyncContext();

  constructor(log: Logger, handlersFor: (provider: string | undefined) => readonly ErrorHandler[]) {
    this.#log = new BoundedLog(log);
    this.#handlersFor = handlersFor;
  }

  /** Logs an error and calls the error handlers, even if the log only counts it. Errors that they throw are logged too. */
  report(error: CallStatusError): void {
    this.#write(error);
    for (const handler of this.#handlersFor(error.details.provider)) {
      try {
        Promise.resolve(this.#context.run(() => handler(error))).catch((cause: unknown) =>
          this.#handlerFailed('rejected', cause),
        );
      } catch (cause) {
        this.#handlerFailed('threw', cause);
      }
    }
  }

  /** Logs why a request was passed on. The reason is computed only if needed: a request that is passed on must cost nothing. */
  passedOn(
    request: RequestHead,
    why: () => string,
    provider?: string,
    observed: ObservedRequest | undefined = observe(),
  ): undefined {
    if (!this.#log.isDebug && observed === undefined) return;
    const reason = printable(why());
    observed?.passedOn(reason, provider);
    if (!this.#log.isDebug) return;
    const kind = { code: 'passed_on', ...(provider !== undefined && { provider }), reason };
    const details = { ...kind, ...describeRequest(request) };
    this.#log.write('debug', 'passed_on', kind, details, `Passed on to your application: ${reason}`);
  }

  /** Writes how many lines were suppressed. */
  flush(): void {
    this.#log.flush();
  }

  #write({ code, severity, message, cause, details }: CallStatusError): void {
    const { provider } = details;
    const kind = { code, ...(provider !== undefined && { provider }) };
    // The cause of an error comes from your code or the inbox. The cause of a warning may quote the client.
    const level = severity === 'info' ? 'warn' : 'error';
    const shown = level === 'error' && cause !== undefined && { cause: stackOf(cause) };
    // The message says these.
    const { hint: _, reason: __, issues: ___, ...values } = details;
    this.#log.write(level, code, kind, { code, ...values, ...shown }, message);
  }

  #handlerFailed(how: 'threw' | 'rejected', cause: unknown): void {
    this.#log.write('error', 'onError', {}, { cause: stackOf(cause) }, `onError ${how}.`);
  }
}

/** The stack of whatever your code threw. */
function stackOf(cause: unknown): string | undefined {
  try {
    const text = cause instanceof Error ? cause.stack : inspect(cause);
    return text && printableLines(withoutPhoneNumbers(text));
  } catch {
    return 'The thrown value cannot be printed.';
  }
}

/** What a debug line shows about a request that was passed on. */
interface ShownRequest {
  readonly method: string;
  readonly contentType?: string;
  readonly url?: string;
}

function describeRequest({ method, headers, url }: RequestHead): ShownRequest {
  const type = headers['content-type'];
  return {
    method: loggableWord(method),
    // Without parameters: the boundary of multipart is random.
    ...(typeof type === 'string' && { contentType: loggableWord(type.replace(/;.*/s, '').slice(0, 100)) }),
    ...(url !== undefined && { url: loggableUrl(url) }),
  };
}
