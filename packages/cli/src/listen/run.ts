import { type AnyCallStatusEvent, createCallStatus, type Provider, type Receipt } from '@call-status/core';
import type { CallbackReceiver } from '@call-status/core/adapter';
import type { ProviderLike } from '@call-status/testing';
import { wrongUsage } from '../cli-error.ts';
import { type KnownProvider, NONE_NAMED, namedSecrets, secretsOf } from '../doctor/known-secrets.ts';
import { nextInterruption } from '../input/interrupts.ts';
import { portOf } from '../input/listen-at.ts';
import { findProvider, loadProviders } from '../input/providers.ts';
import type { SecretArgs } from '../input/secrets.ts';
import { maskUnless } from '../output/mask.ts';
import type { Output } from '../output/output.ts';
import { type Answer, startServer } from './receive.ts';
import { Reporter } from './report.ts';
import { RequestFolder } from './save.ts';

/** The arguments of the command. */
export interface ListenArgs extends SecretArgs {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly provider?: string | undefined;
  readonly 'public-url'?: string | undefined;
  readonly save?: string | undefined;
  readonly reveal?: boolean | undefined;
  readonly config?: string | undefined;
}

/** Receives callbacks until it is interrupted. Resolves to 0. */
export async function runListen(args: ListenArgs, secretNames: readonly string[], output: Output): Promise<number> {
  const port = portOf(args.port ?? '4000');
  const all = await knownProviders(args, secretNames);
  const tokens = all.flatMap(({ known }) => known.tokens);
  const folder = args.save === undefined ? undefined : new RequestFolder(args.save, tokens);
  const calls = createCallStatus({
    providers: all.map(asConfigured),
    publicUrl: args['public-url'],
    log: { warn() {}, error() {} },
  });
  const reporter = new Reporter(all, args['public-url'], output, maskUnless(args.reveal));
  const receiverAt = (url: string): CallbackReceiver => {
    const name = args.provider ?? all.map(({ provider }) => provider.definition.name).find((one) => isInPath(one, url));
    return name === undefined ? calls : calls.provider(name as never);
  };
  const { server, url } = await startServer(port, args.host ?? '127.0.0.1', calls.limits.bytes, async (request) => {
    const atMs = Date.now();
    const receiver = receiverAt(request.url);
    const receipt = receiver.accepts(request) ? await receiver.receive(request) : undefined;
    const whole = { ...request, body: request.body ?? Buffer.alloc(0), atMs };
    const saved = folder?.save(whole, providerOf(receipt) ?? 'unknown');
    await reporter.report(request, receipt, atMs, saved);
    return receipt ?? NOT_FOUND;
  });
  const interrupted = nextInterruption();
  reporter.listening(url, args.host);
  await interrupted;
  server.close();
  server.closeAllConnections();
  await calls.close();
  return 0;
}

/** As an application answers that has no such route. */
const NOT_FOUND: Answer = { status: 404, headers: {} };

async function knownProviders(args: ListenArgs, secretNames: readonly string[]): Promise<readonly KnownProvider[]> {
  const providers = await loadProviders(args);
  const chosen = args.provider === undefined ? undefined : findProvider(args.provider, providers);
  const isNamed = secretNames.length > 0 || args['secret-stdin'] === true || args['token-from-env'] !== undefined;
  if (isNamed && chosen === undefined)
    throw wrongUsage('It is not clear whose secret that is.', 'Name the provider: --provider twilio');
  const named = chosen === undefined ? NONE_NAMED : await namedSecrets(args, secretNames, chosen);
  return Promise.all(
    providers.all.map(async (provider) => ({
      provider,
      known: await secretsOf(provider, provider === chosen ? named : NONE_NAMED),
    })),
  );
}

/** As an application would configure it; without a secret, everything is accepted. */
function asConfigured({ provider, known: { secrets, tokens } }: KnownProvider): Provider {
  const { definition, options } = provider as Partial<Provider> & ProviderLike;
  const { name, secretOption } = definition;
  return {
    name,
    definition,
    options: {
      ...options,
      ...(secretOption !== undefined && secrets.length > 0 && { [secretOption]: secrets }),
      ...(tokens.length > 0 && { token: tokens }),
      ...(secrets.length + tokens.length === 0 && { allowUnauthenticated: true }),
    },
  };
}

function isInPath(name: string, url: string): boolean {
  return url
    .replace(/[?#].*/s, '')
    .split('/')
    .includes(name);
}

function providerOf(receipt: Receipt<AnyCallStatusEvent> | undefined): string | undefined {
  return receipt?.event?.provider ?? receipt?.error?.details.provider;
}
