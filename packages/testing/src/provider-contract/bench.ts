import { type AnyCallStatusEvent, createCallStatus, type Provider, type Receipt } from '@call-status/core';
import { type AnyProviderDefinition, createCallback, type IncomingCallback } from '@call-status/core/provider';
import { type Callback, callback } from '../callback/callback.ts';
import type { FieldChanges } from '../callback/fields.ts';
import { optionsFor, proofFor } from '../callback/proof.ts';
import type { Fixture } from '../fixtures/fixture-file.ts';
import type { ProviderLike } from '../provider-like.ts';

/** A provider to test, created by `defineProvider()`. */
export interface ProviderUnderTest extends ProviderLike {
  // biome-ignore lint/suspicious/noExplicitAny: whatever options it has
  (options: any): Provider;
}

/** The time of the contract. */
const NOW = Date.UTC(2026, 5, 25);
const SILENT = { warn() {}, error() {} };

/** What the tests of a provider share. */
export class ProviderBench {
  readonly provider: ProviderUnderTest;
  readonly definition: AnyProviderDefinition;
  readonly fixtures: readonly Fixture[];
  readonly #made: Provider;
  readonly #secret: string;

  constructor(
    provider: ProviderUnderTest,
    fixtures: readonly Fixture[],
    options: Readonly<Record<string, unknown>>,
    secret: string,
  ) {
    this.provider = provider;
    this.definition = provider.definition;
    this.fixtures = fixtures;
    this.#secret = secret;
    this.#made = provider({ ...options, ...optionsFor(provider, secret) });
  }

  /** What proves its callbacks. */
  get proof(): 'signature' | 'credentials' | 'token' {
    const { sign, signs } = this.definition;
    if (sign === undefined) return 'token';
    return signs === 'nothing' ? 'credentials' : 'signature';
  }

  /** The fixtures that become events. */
  get events(): readonly Fixture[] {
    return this.fixtures.filter(({ expect }) => expect.kind === 'event');
  }

  /** The fixture as the provider sends it. */
  genuine(fixture: Fixture, fields?: FieldChanges<unknown>): Callback {
    const proof = { nowMs: NOW, ...proofFor(this.provider, this.#secret) };
    return callback(this.provider, fixture, { ...proof, ...(fields && { fields }) });
  }

  /** The callback that a definition sees. */
  message({
    method,
    url,
    origin,
    headers,
    body,
  }: Pick<Callback, 'method' | 'url' | 'headers' | 'body'> & { origin?: string }): IncomingCallback {
    const request = { method, url, headers, body, ...(origin !== undefined && { origin }) };
    return createCallback(request, { definition: this.definition });
  }

  /** The result of authenticating a request, or the code of the error. */
  async verdict(request: Callback, secret: string = this.#secret): Promise<unknown> {
    try {
      const secrets = Object.values(optionsFor(this.provider, secret));
      return await this.definition.authenticate?.(this.message(request), secrets, this.#made.options, NOW);
    } catch (error) {
      return (error as { readonly code?: unknown }).code ?? error;
    }
  }

  /** Passes callbacks to one receiver, one after the other. */
  async receive(...callbacks: readonly Callback[]): Promise<readonly (Receipt<AnyCallStatusEvent> | undefined)[]> {
    const calls = createCallStatus({ providers: [this.#made], clock: () => NOW, log: SILENT, worker: false });
    const receipts: (Receipt<AnyCallStatusEvent> | undefined)[] = [];
    for (const one of callbacks) receipts.push(await calls.receive(one));
    await calls.close();
    return receipts;
  }
}
