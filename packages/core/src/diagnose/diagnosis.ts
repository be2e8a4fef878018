import type { CallbackRequest } from '../callback-request.ts';
import type { Clue, RuleName } from '../provider/clue.ts';
import type { AnyProviderDefinition } from '../provider/definition.ts';

/** A request to diagnose, as an adapter hands it to a receiver: method, URL, origin, headers, and body (or what a parser made of it). */
export type CapturedRequest = CallbackRequest;

/** A provider with its options, such as `twilio({ authToken })`, or without them: `twilio`. */
export interface DiagnosedProvider {
  readonly definition: AnyProviderDefinition;
  readonly options?: object;
}

/** What `diagnose` needs besides the request. */
export interface DiagnosisInput {
  /** The secrets of the provider's secret option, as it takes them; the tokens of a provider that has no such option. */
  readonly secrets: readonly string[];
  /**
   * The tokens of the callback URL, if the receiver requires one besides the secret.
   * @default no token is required
   */
  readonly tokens?: readonly string[];
  /** The receiver's `publicUrl`, for this request. @default the URL comes from the request */
  readonly publicUrl?: string | undefined;
  /** When the request was received, in milliseconds since the epoch. */
  readonly nowMs: number;
  /**
   * Whether the age of a signature counts. `false`: it is not known when the request arrived, which may have been at any time in its headers;
   * `nowMs` is one more.
   * @default true
   */
  readonly judgeAge?: boolean;
  /**
   * How long it may take, in milliseconds; what is evident is tried in any case. A command has more time than a server: in a process
   * that has just started, 25 ms are enough for about a hundred attempts.
   * @default 25
   */
  readonly maxMs?: number;
  /**
   * Providers whose callback this may be, with their secrets. Without secrets, a provider is only recognized.
   * @default none
   */
  readonly others?: readonly OtherProvider[];
}

/** A provider whose callback a request may be. */
export interface OtherProvider {
  readonly provider: DiagnosedProvider;
  /** The same as {@link DiagnosisInput.secrets}. @default none */
  readonly secrets?: readonly string[];
}

/** Why a request is refused, or that it is not. */
export interface Diagnosis {
  /**
   * What the receiver finds: a proof that is valid, missing, wrong or too old. `not_signed`: no secret and no token is required. `unknown`:
   * the provider verifies asynchronously, so nothing can be tried.
   */
  readonly verdict: 'valid' | 'missing' | 'mismatch' | 'expired' | 'not_signed' | 'unknown';
  /** What was verified: a URL has no values of parameters. */
  readonly verified: string;
  /** What is wrong, the most likely first. */
  readonly findings: readonly Finding[];
  /** How many variants were verified, with the request as it came. */
  readonly tried: number;
  /** Whether all was tried. `false`: a limit of attempts or of time was reached. */
  readonly complete: boolean;
}

/** One explanation of a refused request. Without secrets, tokens, signatures and values of fields. */
export interface Finding extends Clue {
  /** The first of `causes`. */
  readonly rule: RuleName;
  /** All that is wrong at once. */
  readonly causes: readonly RuleName[];
  /** `true`: with these changes, the proof is valid. `false`: the request only looks like it. */
  readonly certain: boolean;
}
