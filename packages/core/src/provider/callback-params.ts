import { CallStatusError } from '../errors.ts';
import { withToken } from '../signing/with-token.ts';

/** The options that `callbackParams` and `callbackAttributes` of all providers take. */
export interface CallbackTarget {
  /** The URL at which the provider reaches your application. */
  readonly url: string;
}

/**
 * The type of `callbackParams` and `callbackAttributes` in a definition: they tell the provider where to call back. The URL already
 * contains the token.
 */
export type CallbackParamsFunction = { bivariant(options: CallbackTarget): unknown }['bivariant'];

/** The token for a callback URL. */
export interface TokenOption {
  /** The `token` of the provider's options; call-status adds it to the query of the URL. Without it, the URL has no token. */
  readonly token?: string | undefined;
}

/** `callbackParams` or `callbackAttributes` as users call it: with the token. */
export type WithToken<Make> = Make extends (options: infer Options) => infer Params
  ? (options: Options & TokenOption) => Params
  : Make;

/**
 * Adds the token to the URL before calling the definition's function, so that providers need not.
 *
 * @param name the name of the function, for errors: `signalwire.callbackParams`
 */
export function addingToken<Make>(name: string, make: Make): WithToken<Make> {
  if (typeof make !== 'function') return make as WithToken<Make>;
  const adding = (options: unknown): unknown => {
    const { url, token, ...own } = Object(options) as Record<string, unknown>;
    if (typeof url !== 'string' || (token !== undefined && typeof token !== 'string')) {
      throw invalid(name, 'expected an object with url and, if you set one, token, both strings.');
    }
    if (token?.trim() === '') throw invalid(name, 'token: it is empty. Is its environment variable set?');
    if (!ABSOLUTE.test(url)) throw invalid(name, 'url: expected an absolute URL, https://host/path.');
    return make({ ...own, url: withToken(url, token) });
  };
  return adding as WithToken<Make>;
}

/** A URL that a provider on the internet can call. */
const ABSOLUTE = /^https?:\/\//i;

function invalid(name: string, issue: string): CallStatusError {
  const provider = name.slice(0, name.indexOf('.'));
  return new CallStatusError('invalid_options', { provider, issues: [`${name}(): ${issue}`] });
}
