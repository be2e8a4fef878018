import type { Route } from './route.ts';

/** `GET api/health` */
export const health: Route = { needs: 'view', answer: (_, parts) => parts.health.read() };
