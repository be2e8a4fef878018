import { CallStatusError } from '../errors.ts';
import { withToken } from '../signing/with-token.ts';

/** What every `callbackParams` takes: your endpoint. */
export interface CallbackTarget {
  /** Your endpoint, as the provider reaches it. */
  readonly url: string;
}

/** What a definition gives as `callbackParams`: it makes the parameters that tell the provider where to call. The URL has its token by then. */
export type CallbackParamsFunction = { bivariant(options: CallbackTarget): unknown }['bivariant'];

/** A definition's `callbackParams` as users call it: with the token, which call-status puts into the URL. */
export type WithTokenOption<CallbackParams> = CallbackParams extends (options: infer Options) => infer Parameters
  ? ((options: Options & TokenOption) => Parameters) & {
      readonly [Name in keyof CallbackParams]: WithTokenOption<CallbackParams[Name]>;
    }
  : CallbackParams;

/** The token of a callback URL. */
export interface TokenOption {
  /** For the URL's query; the `token` of the provider's options. */
  readonly token?: string | undefined;
}

/**
 * Puts the token into the URL before a definition's `callbackParams` sees it, so that no provider has to. The same for the functions that
 * hang on it, such as SignalWire's `callbackParams.attributes`.
 */
export function addingToken(provider: string, callbackParams: unknown): unknown {
  if (typeof callbackParams !== 'function') return callbackParams;
  const adding = (options: unknown): unknown => {
    const { url, token, ...own } = Object(options) as Record<string, unknown>;
    if (typeof url !== 'string' || (token !== undefined && typeof token !== 'string')) {
      throw invalid(provider, 'expected an object with url, a text, and token if you set one.');
    }
    if (token?.trim() === '') throw invalid(provider, 'token: it is empty. Is its environment variable set?');
    if (!ABSOLUTE.test(url)) throw invalid(provider, 'url: expected a whole address, https://host/path.');
    return callbackParams({ ...own, url: withToken(url, token) });
  };
  const others = Object.entries(callbackParams).map(([name, other]) => [name, addingToken(provider, other)]);
  return Object.assign(adding, Object.fromEntries(others));
}

/** What a provider on the internet can call. */
const ABSOLUTE = /^https?:\/\//i;

function invalid(provider: string, issue: string): CallStatusError {
  return new CallStatusError('invalid_options', { provider, issues: [`${provider}.callbackParams(): ${issue}`] });
}
