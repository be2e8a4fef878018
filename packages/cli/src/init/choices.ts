import type { builtInProviders } from '@call-status/core';

/** A provider that `init` can set up. */
export type BuiltIn = (typeof builtInProviders)[number];

/** The frameworks, the inboxes and so on that `init` offers; the first of each is its default. */
export const FRAMEWORKS = ['express', 'koa', 'fastify'] as const;
export const INBOXES = ['sqlite', 'postgres', 'memory'] as const;
export const LANGUAGES = ['ts', 'js'] as const;
export const PACKAGE_MANAGERS = ['npm', 'pnpm', 'yarn'] as const;

/** What a project is made of. */
export interface Choices {
  readonly framework: (typeof FRAMEWORKS)[number];
  readonly providers: readonly BuiltIn[];
  readonly inbox: (typeof INBOXES)[number];
  readonly language: (typeof LANGUAGES)[number];
  readonly packageManager: (typeof PACKAGE_MANAGERS)[number];
}
