/** What the types promise and refuse to someone who writes a configuration file. */
import { mycpaas, signalwire } from '@call-status/core';
import { type Config, defineConfig } from 'call-status';

const config: Config = defineConfig({
  providers: [mycpaas, signalwire({ signingKey: 'key' })],
  fixtures: { acme: 'fixtures/acme' },
});
defineConfig(config);

// @ts-expect-error - a provider, not its name
defineConfig({ providers: ['signalwire'] });

// @ts-expect-error - there is no such setting
defineConfig({ secrets: {} });
