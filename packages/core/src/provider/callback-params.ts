import { CallStatusError } from '../errors.ts';
import { withToken } from '../signing/with-token.ts';

/** What `callbackParams` and `callbackAttributes` take, beside options of their own. */
export interface CallbackTarget {
  /** Your endpoint, as the provider reaches it. */
  readonly url: string;
}

/** What a definition gives as `callbackParams` or `callbackAttributes`: it tells the provider where to call back. The URL has its token. */
export type CallbackParamsFunction = { bivariant(options: CallbackTarget): unknown }['bivariant'];

/** The token of a callback URL. */
export interface TokenOption {
  /** The `token` of the provider's options; call-status puts it into the query of the URL. Without it, the URL has none. */
  readonly token?: string | undefined;
}

/** A definition's `callbackParams` or `callbackAttributes` as users call it: with the token. */
export type WithToken<Make> = Make extends (options: infer Options) => infer Params
  ? (options: Options & TokenOption) => Params
  : Make;

/**
 * Puts the token into the URL before a definition's function sees it, so that no provider has to.
 *
 * @param name the name of the function, for errors: `signalwire.callbackParams`
 */
export function addingToken<Make>(name: string, make: Make): WithToken<Make> {
  if (typeof make !== 'function') return make as WithToken<Make>;
  const adding = (options: unknown): unknown => {
    const { url, token, ...own } = Object(options) as Record<string, unknown>;
    if (typeof url !== 'string' || (token !== undefined && typeof token !== 'string')) {
      throw invalid(name, 'expected an object with url, a text, and token if you set one.');
    }
    if (token?.trim() === '') throw invalid(name, 'token: it is empty. Is its environment variable set?');
    if (!ABSOLUTE.test(url)) throw invalid(name, 'url: expected a whole address, https://host/path.');
    return make({ ...own, url: withToken(url, token) });
  };
  return adding as WithToken<Make>;
}

/** What a provider on the internet can call. */
const ABSOLUTE = /^https?:\/\//i;

function invalid(name: string, issue: string): CallStatusError {
  const provider = name.slice(0, name.indexOf('.'));
  return new CallStatusError('invalid_options', { provider, issues: [`${name}(): ${issue}`] });
}
