import { VERSIONS } from '../versions.ts';
import type { Route } from './route.ts';
import type { Meta } from './types.ts';

/** `GET api/meta` */
export const meta: Route = {
  needs: 'view',
  answer({ visitor: { user, can } }, { providers, receives }): Meta {
    const now = new Date().toISOString();
    return { versions: VERSIONS, ...(user !== undefined && { user }), can, providers, receives, now };
  },
};
