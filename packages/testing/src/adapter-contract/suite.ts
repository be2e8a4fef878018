import { describe } from 'vitest';
import type { Adapter } from './adapter.ts';
import { testAnswers } from './contract/answers.ts';
import { testAuthenticity } from './contract/authenticity.ts';
import { testConnections } from './contract/connections.ts';
import { testDispatch } from './contract/dispatch.ts';
import { testEncodings } from './contract/encodings.ts';
import { testFixtures } from './contract/fixtures.ts';
import { testNoise } from './contract/noise.ts';
import { testPassingOn } from './contract/passing-on.ts';
import { testTenants } from './contract/tenants.ts';
import { testUrls } from './contract/urls.ts';

export type { Adapter, Mount, Parser, Setup } from './adapter.ts';
export { callback, outgoing, PATH } from './callbacks.ts';
export { send } from './client.ts';
export { type Deferred, deferred } from './deferred.ts';

/** The suite that every adapter passes, with real servers: all that call-status promises, whatever the framework. */
export function adapterContract(name: string, adapter: Adapter): void {
  describe(`${name} keeps the contract of an adapter`, () => {
    for (const mount of adapter.mounts) {
      describe(`mounted by ${mount.name}`, () => {
        testEncodings(adapter, mount);
        testAnswers(adapter, mount);
        testPassingOn(adapter, mount);
        testUrls(adapter, mount);
        testAuthenticity(adapter, mount);
        testTenants(adapter, mount);
        testDispatch(adapter, mount);
        testConnections(adapter, mount);
        testFixtures(adapter, mount);
        testNoise(adapter, mount);
      });
    }
  });
}
