import type { ProviderLike } from '@call-status/testing';

/** The configuration file of the command line. */
export interface Config {
  /**
   * Your own providers, and built-in ones with the secrets that their callbacks are signed with. With or without options.
   * @default the built-in ones, with secrets from the environment
   */
  readonly providers?: readonly ProviderLike[];
  /**
   * Folders with callbacks of your own providers, by provider: `.http` files such as `completed.http`, as `readFixtures()` of
   * `@call-status/testing` reads them. Relative to the file.
   * @default none
   */
  readonly fixtures?: Readonly<Record<string, string>>;
}

/**
 * Types the default export of `call-status.config.ts`.
 *
 * @example
 * ```ts
 * import { signalwire } from '@call-status/core';
 * import { defineConfig } from 'call-status';
 *
 * export default defineConfig({
 *   providers: [signalwire({ signingKey: process.env.SIGNALWIRE_SIGNING_KEY! })],
 * });
 * ```
 */
export function defineConfig(config: Config): Config {
  return config;
}
