// A fault: a callback as its provider signed it, what changed on the way, and what the diagnosis must say first.
import { describe, expect, it } from 'vitest';
import { type CallbackOptions, callback, type FixtureName } from '../../../testing/src/callback/callback.ts';
import type { ProviderLike } from '../../../testing/src/provider-like.ts';
import type { CallbackRequest } from '../../src/callback-request.ts';
import { type Diagnosis, diagnose, type RuleName } from '../../src/index.ts';
import type { Provider } from '../../src/provider/define-provider.ts';
import { expectNoSecrets } from './no-secrets.ts';

/** What happens to a request between the provider and the application. */
export type Change = (request: CallbackRequest) => CallbackRequest;

/** A provider's factory, as `builtInProviders` has it. */
export type Factory = ProviderLike & ((options?: never) => unknown);

export interface Fault {
  readonly title: string;
  readonly provider: Factory;
  /** @default 'completed' */
  readonly fixture?: FixtureName;
  /** The URL that the provider calls, its fields and their encoding. */
  readonly called?: CallbackOptions;
  /** @default none */
  readonly changes?: readonly Change[];
  /** Lets it pass a real server, which hands over what the application sees. */
  readonly through?: (request: CallbackRequest) => Promise<CallbackRequest>;
  /** Those that the application has. @default the one that signed */
  readonly secrets?: (right: string) => readonly string[];
  /** The tokens that the application requires in the URL besides. @default none */
  readonly tokens?: readonly string[];
  readonly publicUrl?: string;
  /** When it comes, later than it was signed. @default 0 */
  readonly lateMs?: number;
  /** Providers of other routes; each has its right secret. */
  readonly others?: readonly Factory[];
  readonly found: Found;
}

/** What must come first: one of these. Empty: it is genuine, and nothing is found. */
export type Found = readonly Answer[];

interface Answer {
  readonly causes: readonly RuleName[];
  /** Whether a changed request matched. */
  readonly certain: boolean;
}

/** A change of these kinds makes it match. */
export function certain(...causes: RuleName[]): Found {
  return [{ causes: causes.sort(), certain: true }];
}

/** Nothing can prove it, but the request looks like it. */
export function possible(...causes: RuleName[]): Found {
  return [{ causes: causes.sort(), certain: false }];
}

/** The change does no harm: the receiver accepts the request. */
export const NOTHING: Found = [];

/** The time of all tests. */
export const NOW = Date.parse('2026-11-21T12:00:00Z');

const SECRETS: Readonly<Record<string, string>> = {
  bandwidth: 'callback-user:Vq7-bandwidth-password',
  infobip: 'callback-user:Vq7-infobip-password',
  sinch: '5ca11000-aaaa-4000-8000-00000000000a:VnE3LXNpbmNoLXNlY3JldA==',
};

/** What signs the callbacks of a provider. */
export function signingSecretOf({ definition: { name } }: ProviderLike): string {
  return SECRETS[name] ?? `Vq7-${name}-secret`;
}

/** What the application has to verify them. */
export function rightSecretOf(provider: ProviderLike): string {
  const secret = signingSecretOf(provider);
  return provider.definition.publicKeyOf?.(secret) ?? secret;
}

/** The provider with no more options than it needs. */
export function plain(provider: Factory): Provider {
  return { name: provider.definition.name, definition: provider.definition, options: {} };
}

/** A callback as its provider sends it: signed, or with a token in its URL. */
export function sentBy(
  provider: Factory,
  fixture: FixtureName | undefined = 'completed',
  called: CallbackOptions = {},
): CallbackRequest {
  const secret = signingSecretOf(provider);
  const proof = provider.definition.sign === undefined ? { token: secret } : { secret };
  const { made: _, ...request } = callback(provider, fixture, { nowMs: NOW, ...proof, ...called });
  const { origin, method, headers, body } = request;
  const length: Readonly<Record<string, string>> = method === 'GET' ? {} : { 'content-length': String(body.length) };
  return { ...request, headers: { host: origin.replace(/^https?:\/\//, ''), ...headers, ...length } };
}

/** The request as it comes to the application. */
export async function arrivalOf({ provider, fixture, called, changes = [], through }: Fault): Promise<CallbackRequest> {
  const sent = sentBy(provider, fixture, called);
  const changed = changes.reduce((request, change) => change(request), sent);
  return (await through?.(changed)) ?? changed;
}

/** On a slow machine, too, all attempts are made. */
const MAX_MS = 600_000;

/** Diagnoses it with the settings of the application. */
export function diagnosisOf(request: CallbackRequest, fault: Omit<Fault, 'title' | 'found'>): Diagnosis {
  const { provider, secrets = (right) => [right], tokens, publicUrl, lateMs = 0, others = [] } = fault;
  const configured = secrets(rightSecretOf(provider));
  const diagnosis = diagnose(request, plain(provider), {
    secrets: configured,
    nowMs: NOW + lateMs,
    maxMs: MAX_MS,
    ...(publicUrl !== undefined && { publicUrl }),
    ...(tokens !== undefined && { tokens }),
    others: others.map((other) => ({ provider: plain(other), secrets: [rightSecretOf(other)] })),
  });
  expectNoSecrets(diagnosis, request, [
    ...configured,
    ...(tokens ?? []),
    ...[provider, ...others].flatMap((each) => [signingSecretOf(each), rightSecretOf(each)]),
  ]);
  expect(diagnosis.tried).toBeLessThanOrEqual(512);
  return diagnosis;
}

/** Defines a test for each fault. */
export function testFaults(title: string, faults: readonly Fault[]): void {
  describe.each([title])('%s', () => {
    it.each(faults.map((fault) => [fault.title, fault] as const))('%s', async (_, fault) => {
      const diagnosis = diagnosisOf(await arrivalOf(fault), fault);
      if (fault.found.length === 0) {
        expect(diagnosis).toMatchObject({ verdict: 'valid', findings: [] });
        return;
      }
      expect(diagnosis.verdict).not.toBe('valid');
      expect(fault.found, JSON.stringify(diagnosis)).toContainEqual(firstOf(diagnosis));
    });
  });
}

function firstOf({ findings: [first] }: Diagnosis): Answer | undefined {
  return first && { causes: [...new Set([first.rule, ...first.causes])].sort(), certain: first.certain };
}
