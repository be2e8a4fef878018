import type { CallbackRequest } from '../callback-request.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import type { Diagnosis, OtherProvider } from '../diagnose/diagnosis.ts';
import type { Refusal, RefusedRequest } from '../inbox/refusals.ts';
import type { Provider } from '../provider/define-provider.ts';
import { signingSecret } from '../request/authenticate.ts';
import { configuredAddress, type PublicUrl } from '../signing/called-url.ts';
import { type Secret, secretsOf } from '../signing/secrets.ts';
import { hasHiddenSecrets, putTokenBack } from '../text/replaced-secrets.ts';

/** What `calls.diagnose()` finds out about a rejected callback. */
export interface RefusalDiagnosis {
  /** What is wrong, with the receiver's own secrets; absent if that cannot be found out, for a reason in `notes`. */
  readonly diagnosis?: Diagnosis;
  /** What to know about it, in sentences. */
  readonly notes: readonly string[];
}

/** A rejected callback, or the parts of one that matter here. */
export type DiagnosedRefusal = Pick<Refusal, 'provider' | 'request' | 'firstAt' | 'bytes'>;

const NO_REQUEST =
  'The request was not kept. Set keepRefused: { raw: true } in the receiver, and the next ones can be diagnosed.';
const NO_PROVIDER = 'Its provider is not known.';
const NO_SECRETS = 'The secrets could not be looked up: the function that returns them failed for this request.';
const OTHER_TOKEN =
  'The token in the URL was replaced when the request was kept: the configured one is used in its place.';
const HIDDEN_VALUES =
  'Values whose names say that they are secret were replaced when the request was kept: what they prove cannot be checked.';

/** Explains a rejected callback with the secrets of its provider, at the time when it came. */
export async function diagnoseRefusal(
  { provider: name, request: kept, firstAt, bytes = 0 }: DiagnosedRefusal,
  providers: readonly Provider[],
  publicUrl: PublicUrl | undefined,
): Promise<RefusalDiagnosis> {
  const provider = providers.find((one) => one.name === name);
  if (kept === undefined) return { notes: [NO_REQUEST] };
  if (provider === undefined) return { notes: [NO_PROVIDER] };
  const request = requestOf(kept);
  const known = await knownOf(provider, request);
  if (known === undefined) return { notes: [NO_SECRETS] };
  const { secrets, tokens } = known;
  const [token] = tokens ?? [];
  const url = token === undefined ? request.url : putTokenBack(request.url, token);
  const length = request.body?.length ?? 0;
  const diagnosis = diagnose({ ...request, url }, provider, {
    secrets,
    ...(tokens !== undefined && { tokens }),
    publicUrl: addressOf(request, publicUrl),
    nowMs: Date.parse(firstAt),
    others: await othersOf(provider, providers, request),
  });
  const notes = [
    ...(url === request.url ? [] : [OTHER_TOKEN]),
    ...(isHidden(kept) ? [HIDDEN_VALUES] : []),
    ...(bytes > length ? [`Only the first ${length} of ${bytes} bytes of the body were kept.`] : []),
  ];
  return { diagnosis, notes };
}

function isHidden({ url, headers, body = '' }: RefusedRequest): boolean {
  const values = Object.values(headers).flat();
  return [url, Buffer.from(body, 'base64').toString('latin1'), ...values].some(hasHiddenSecrets);
}

/** Earlier releases kept no origin: then it is supposed, and the diagnosis also tries what the headers of a proxy say. */
function requestOf({ method, url, origin, headers, body }: RefusedRequest): CallbackRequest {
  const host = headers['host'] ?? headers[':authority'] ?? 'localhost';
  return {
    method,
    url,
    origin: origin ?? `http://${String(host)}`,
    headers,
    ...(body !== undefined && { body: Buffer.from(body, 'base64') }),
  };
}

interface Known {
  readonly secrets: readonly string[];
  readonly tokens?: readonly string[];
}

/** The secrets and tokens of a provider for a request; `undefined` if a function of the application fails. */
async function knownOf(provider: Provider, request: CallbackRequest): Promise<Known | undefined> {
  const list = async (secret: Secret | undefined): Promise<readonly string[] | undefined> =>
    secret === undefined ? undefined : (await secretsOf(secret, request)).secrets;
  try {
    const secrets = await list(signingSecret(provider));
    const tokens = await list(provider.options.token);
    return { secrets: secrets ?? [], ...(tokens !== undefined && { tokens }) };
  } catch {
    return undefined;
  }
}

async function othersOf(
  provider: Provider,
  providers: readonly Provider[],
  request: CallbackRequest,
): Promise<readonly OtherProvider[]> {
  const others = providers.filter((other) => other !== provider);
  return Promise.all(
    others.map(async (other) => {
      const { secrets = [], tokens = [] } = (await knownOf(other, request)) ?? {};
      return { provider: other, secrets: secrets.length > 0 ? secrets : tokens };
    }),
  );
}

function addressOf(request: CallbackRequest, publicUrl: PublicUrl | undefined): string | undefined {
  try {
    return configuredAddress(request, publicUrl);
  } catch {
    return undefined;
  }
}
