import { type Diagnosis, type DiagnosisInput, diagnose, type Provider } from '@call-status/core';
import { hasHiddenSecrets, putTokenBack } from '@call-status/core/inbox';
import type { ProviderLike } from '@call-status/testing';
import type { Capture } from '../capture/captured.ts';
import { variableOf } from '../input/secrets.ts';
import { type KnownSecrets, NONE_NAMED, secretsOf } from './known-secrets.ts';
import { type Outcome, readEvent } from './read-event.ts';

/** What the doctor found out about a capture, as a callback of one provider. */
export interface Examination {
  readonly provider: string;
  readonly diagnosis: Diagnosis;
  /** Whether any secret or token was known. */
  readonly isChecked: boolean;
  /** Whether the proof is right: also if only its age could not be judged. */
  readonly isValid: boolean;
  /** What a receiver would make of it; only of a valid one, or if nothing could be checked. */
  readonly outcome: Outcome | undefined;
  readonly notes: readonly string[];
}

/** What the doctor needs besides the capture. */
export interface Case {
  readonly provider: ProviderLike;
  readonly known: KnownSecrets;
  /** All providers: the callback may be of another one. */
  readonly all: readonly ProviderLike[];
  readonly publicUrl: string | undefined;
  /** When it arrived, if that is known. */
  readonly atMs: number | undefined;
}

/** Examines a capture as a callback of one provider. */
export async function examine(capture: Capture, { provider, known, all, publicUrl, atMs }: Case): Promise<Examination> {
  const notes: string[] = [];
  const request = withToken(capture, known, notes);
  const others = await Promise.all(
    all
      .filter((other) => other !== provider)
      .map(async (other) => {
        const { secrets, tokens } = await secretsOf(other, NONE_NAMED);
        return { provider: other, secrets: secrets.length > 0 ? secrets : tokens };
      }),
  );
  const { options } = provider as Partial<Provider>;
  const definition = { definition: provider.definition, ...(options !== undefined && { options }) };
  const input: DiagnosisInput = {
    secrets: known.secrets,
    ...(known.tokens.length > 0 && { tokens: known.tokens }),
    publicUrl,
    nowMs: atMs ?? Date.now(),
    others,
    maxMs: MAX_MS,
  };
  const diagnosis = diagnose(request, definition, { ...input, judgeAge: atMs !== undefined });
  const isChecked = known.secrets.length + known.tokens.length > 0;
  const isValid = isChecked && diagnosis.verdict === 'valid';
  const [old] = isValid && atMs === undefined ? diagnose(request, definition, input).findings : [];
  // Now is not when it arrived, so its age says nothing.
  if (old !== undefined)
    notes.push(`The capture does not say when it arrived, so its age was not judged: --at does that. ${old.evidence}`);
  if (!isChecked) {
    const name = variableOf(provider.definition.name, provider.definition.secretOption ?? 'token');
    notes.push(`To verify it, set ${name}, or name another variable with --secret-from-env.`);
  }
  return {
    provider: provider.definition.name,
    diagnosis: {
      ...diagnosis,
      findings: diagnosis.findings.filter(({ rule }) => isChecked || rule !== 'other_secret'),
    },
    isChecked,
    isValid,
    outcome: isValid || !isChecked ? await readEvent(request, provider, atMs ?? Date.now()) : undefined,
    notes,
  };
}

/** A person waits for it, and the first attempts of a process are slow. */
const MAX_MS = 2000;

/** Kept and saved requests have `{token}` in place of the token, and `{length:12}` in place of other secrets. */
function withToken({ request }: Capture, { tokens }: KnownSecrets, notes: string[]): Capture['request'] {
  const [token] = tokens;
  const body = Buffer.from(request.body).toString('latin1');
  const values = Object.values(request.headers).flat().join();
  if ([request.url, body, values].some(hasHiddenSecrets)) {
    notes.push(
      'Values whose names say that they are secret were replaced when the request was kept ({length:…}): what they prove cannot be checked.',
    );
  }
  const url = putTokenBack(request.url, token ?? '');
  if (url === request.url) return request;
  if (token === undefined) {
    notes.push(
      'The token in the URL was replaced when the request was kept. To check it and the signature, name the token: --token-from-env.',
    );
    return request;
  }
  notes.push(
    'The token in the URL was replaced when the request was kept: the token that you gave is used in its place.',
  );
  return { ...request, url };
}
