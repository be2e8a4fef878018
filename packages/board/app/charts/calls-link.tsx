import type { ComponentChildren } from 'preact';
import { route } from '../shell/router.ts';
import { hrefOf, type Query, sharedQuery } from '../shell/routes.ts';

interface Props {
  readonly filters: Query | undefined;
  readonly children: ComponentChildren;
}

/** Leads to the calls of the same provider and range that have something in common; without filters, only text. */
export function CallsLink({ filters, children }: Props) {
  if (!filters) return <>{children}</>;
  return <a href={hrefOf('calls', { ...sharedQuery(route.value.query), ...filters })}>{children}</a>;
}
