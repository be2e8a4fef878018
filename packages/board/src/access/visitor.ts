import type { Permissions } from '../api/types.ts';
import { BoardFailure } from '../http/failure.ts';
import type { BoardContext, BoardOptions, BoardUser } from '../options.ts';
import { unauthorized } from './basic.ts';

/** Who sends a request, and what they may do. */
export interface Visitor {
  /** Their name; absent without `auth`. */
  readonly user?: string;
  readonly can: Permissions;
}

const NAMES = ['view', 'raw', 'replay', 'reconcile', 'forget'] as const satisfies readonly (keyof Permissions)[];

const DEFAULT: Partial<Permissions> = { view: true };

/** Asks `auth` and `can`. A response is the answer to someone unknown. */
export async function visitorOf(
  options: BoardOptions,
  request: Request,
  context: BoardContext,
): Promise<Visitor | Response> {
  const found: BoardUser | Response | undefined = await options.auth?.(request, context);
  // An application may answer everyone with the same object, whose body can be read only once.
  if (found instanceof Response) return found.clone();
  if (options.auth !== undefined && !isUser(found)) return unauthorized();
  const user = found === undefined ? undefined : nameOf(found);
  const allowed: Partial<Permissions> = options.can === undefined ? DEFAULT : await options.can(request, found);
  return { ...(user !== undefined && { user }), can: permissionsOf(allowed) };
}

/** Functions, classes and errors have a name too, and are no users. */
function isUser(found: unknown): found is BoardUser {
  const isObject = typeof found === 'object' && found !== null && !(found instanceof Error);
  const name = isObject ? (found as { readonly name?: unknown }).name : found;
  return typeof name === 'string' && name !== '';
}

function nameOf(user: BoardUser): string {
  return typeof user === 'string' ? user : user.name;
}

/** Only `true` is a permission. */
function permissionsOf(allowed: Partial<Permissions> | undefined): Permissions {
  return Object.fromEntries(NAMES.map((name) => [name, allowed?.[name] === true])) as unknown as Permissions;
}

/** @throws BoardFailure 403 */
export function checkPermission({ can }: Visitor, needed: keyof Permissions): void {
  if (can.view && can[needed]) return;
  const message = `You do not have the permission \`${can.view ? needed : 'view'}\`: the option \`can\` of the board grants it.`;
  throw new BoardFailure(403, 'not_allowed', message);
}
