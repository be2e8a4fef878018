import { type AnyCallStatusEvent, createCallStatus, type Provider, type Receipt } from '@call-status/core';
import { type AnyProviderDefinition, createCallback, type IncomingCallback } from '@call-status/core/provider';
import { type Callback, callback } from '../callback/callback.ts';
import type { FieldChanges } from '../callback/fields.ts';
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
    const { secretOption = 'token' } = provider.definition;
    this.provider = provider;
    this.definition = provider.definition;
    this.fixtures = fixtures;
    this.#secret = secret;
    this.#made = provider({ ...options, [this.signs ? secretOption : 'token']: secret });
  }

  /** Whether signatures, not a token, prove its callbacks. */
  get signs(): boolean {
    return this.definition.sign !== undefined;
  }

  /** The fixtures that become events. */
  get events(): readonly Fixture[] {
    return this.fixtures.filter(({ expect }) => expect.kind === 'event');
  }

  /** The fixture as the provider sends it. */
  genuine(fixture: Fixture, fields?: FieldChanges<unknown>): Callback {
    const proof = this.signs ? { secret: this.#secret, nowMs: NOW } : { token: this.#secret };
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
      return await this.definition.authenticate?.(this.message(request), [secret], this.#made.options, NOW);
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
