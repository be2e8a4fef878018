import { builtInProviders } from '@call-status/core';
import { VERSIONS } from '../versions.ts';
import type { Route } from './route.ts';
import type { Meta } from './types.ts';

/** An inbox does not name the providers of its calls. */
const BUILT_IN = builtInProviders.map(({ definition }) => definition.name);

/** `GET api/meta` */
export const meta: Route = {
  needs: 'view',
  answer({ visitor: { user, can } }, { calls, callbackUrl, notice }): Meta {
    const now = new Date().toISOString();
    return {
      versions: VERSIONS,
      ...(user !== undefined && { user }),
      can,
      providers: calls?.providerNames ?? BUILT_IN,
      receives: calls !== undefined,
      ...(callbackUrl !== undefined && { callbackUrl: withoutSecrets(callbackUrl) }),
      ...(notice !== undefined && { notice }),
      now,
    };
  },
};

/** Some providers' URLs have a token in the query, or a password. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
