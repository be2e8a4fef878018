import type { ContractTest } from '../contract-test.ts';
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
import { AdapterSuite } from './suite.ts';

/**
 * The tests that every adapter must pass, with real servers and connections: everything that call-status promises, whatever the framework.
 *
 * @param adapter how to start an application with the adapter
 * @example
 * ```ts
 * import { once } from 'node:events';
 * import { createServer } from 'node:http';
 * import { test } from 'node:test';
 * import { callStatusMiddleware } from '@call-status/koa';
 * import { adapterContract } from '@call-status/testing';
 * import Koa from 'koa';
 *
 * const tests = adapterContract({
 *   mounts: [{ name: 'app.use()', callbackOnly: false }],
 *   parsers: [],
 *   async start({ endpoint, trustProxy, arriving, leaving, application }) {
 *     const app = new Koa({ proxy: trustProxy });
 *     app.use(async (_ctx, next) => {
 *       await arriving();
 *       await next();
 *       await leaving();
 *     });
 *     app.use(callStatusMiddleware(endpoint));
 *     app.use(async (ctx) => {
 *       ctx.body = await application(ctx.req, undefined, ctx.callStatus);
 *       ctx.status = 201;
 *     });
 *     const server = createServer(app.callback()).listen(0, '127.0.0.1');
 *     await once(server, 'listening');
 *     return server;
 *   },
 * });
 * for (const { name, run } of tests) test(name, run);
 * ```
 */
export function adapterContract(adapter: Adapter): readonly ContractTest[] {
  return adapter.mounts.flatMap((mount) => {
    const suite = new AdapterSuite(adapter, mount);
    testEncodings(suite);
    testAnswers(suite);
    testPassingOn(suite);
    testUrls(suite);
    testAuthenticity(suite);
    testTenants(suite);
    testDispatch(suite);
    testConnections(suite);
    testFixtures(suite);
    testNoise(suite);
    return suite.tests;
  });
}
