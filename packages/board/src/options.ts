import { CallStatusError, type Inbox, type Logger, type Receiver } from '@call-status/core';
import { checkOptions, type OptionRule, type OptionRules } from '@call-status/core/inbox';
import type { Permissions } from './api/types.ts';
import type { MaskOption } from './privacy/privacy.ts';

/** Who looks at the board: a name, or an object with one. */
export type BoardUser = string | { readonly name: string };

/** What the mount knows about a request. */
export interface BoardContext {
  /** The path at which the board is mounted, as in the URL of the request: `/ops/calls`. @default '' */
  readonly mountPath?: string;
  /** The framework's own request, for `auth`. */
  readonly frameworkRequest?: unknown;
  /** The address of the client: where visitors have no names, it shares the live streams among them. The mounts add it. */
  readonly clientAddress?: string | undefined;
}

/** What the board uses of a receiver. */
export type BoardCalls = Pick<
  Receiver,
  'inbox' | 'ready' | 'health' | 'diagnose' | 'reconcile' | 'log' | 'providerNames'
>;

/** The options of {@link createBoard}: `calls` or `inbox`, and who may do what. */
export interface BoardOptions<User extends BoardUser = BoardUser> {
  /** The receiver of this process, whose calls to show. */
  readonly calls?: BoardCalls;
  /** An inbox whose calls to show, where no receiver runs. */
  readonly inbox?: Inbox;
  /**
   * Says who sends a request: a user; `undefined` for someone unknown, who is answered with 401; or an answer, such as a redirect to a login
   * page. Required unless `NODE_ENV` is `development` or `test`.
   */
  auth?(request: Request, context: BoardContext): User | undefined | Response | Promise<User | undefined | Response>;
  /**
   * Whether anyone who reaches the board may see it, in production too. Set it if something in front of the board authenticates visitors.
   * @default false
   */
  readonly allowUnauthenticated?: boolean;
  /**
   * What a visitor may do. What is absent is not allowed.
   * @default { view: true }: phone numbers are masked, and nothing can be changed
   */
  can?(request: Request, user: User | undefined): Partial<Permissions> | Promise<Partial<Permissions>>;
  /**
   * Masks a value that must not be shown to visitors without the permission `raw`, in place of the board's own rule: a number, a name, an
   * address, or a text that contains one. It gets the name of the field, such as `from`.
   * @default numbers such as +1555•••4567
   */
  readonly mask?: MaskOption;
  /**
   * A random text of 32 characters or more, the same for all hosts that show one inbox. With it, the board seals call ids that contain a
   * number in URLs for visitors without the permission `raw`, so that each host can open what another one, or the one before a restart, has
   * sealed.
   * @default each board makes its own
   */
  readonly keySecret?: string;
  /**
   * Where callbacks go, such as `https://example.com/webhooks/voice`: a board without calls shows the command that sends one there. All who
   * may `view` see it, without its query, user and password.
   */
  readonly callbackUrl?: string;
  /** A sentence that every page shows, such as what this board is for. */
  readonly notice?: string;
  /** Where changes and failures are logged. @default the logger of `calls`, or the console */
  readonly log?: Logger;
}

const LEAST_SECRET = 32;

const FUNCTION: OptionRule = { expected: 'a function', fits: (value) => typeof value === 'function' };

const RULES: OptionRules<BoardOptions> = {
  calls: {
    expected: 'what createCallStatus() returns',
    fits: (value) => hasMembers(value, 'receive', 'health', 'inbox'),
    aliases: ['receiver', 'callStatus'],
  },
  inbox: {
    expected: "an inbox, such as sqliteInbox({ path: 'calls.db' })",
    fits: (value) => hasMembers(value, 'listCalls', 'events', 'health'),
    aliases: ['store', 'db'],
  },
  auth: { ...FUNCTION, expected: 'a function, such as basic({ user, password })', aliases: ['authenticate', 'login'] },
  allowUnauthenticated: {
    expected: 'true or false',
    fits: (value) => typeof value === 'boolean',
    aliases: ['public', 'noAuth'],
  },
  can: { ...FUNCTION, aliases: ['permissions', 'roles', 'authorize'] },
  mask: { ...FUNCTION, aliases: ['redact'] },
  keySecret: {
    expected: `a text of ${LEAST_SECRET} characters or more`,
    fits: (value) => typeof value === 'string' && value.length >= LEAST_SECRET,
    isSecret: true,
    refusesUndefined: true,
    aliases: ['secret', 'key'],
  },
  callbackUrl: {
    expected: 'a URL, such as https://example.com/webhooks/voice',
    fits: (value) => typeof value === 'string' && URL.canParse(value) && /^https?:/i.test(value),
    aliases: ['url', 'webhookUrl', 'publicUrl'],
  },
  notice: { expected: 'a sentence', fits: (value) => typeof value === 'string', aliases: ['title', 'banner'] },
  log: {
    expected: 'a logger with warn and error, such as pino()',
    fits: (value) => hasMembers(value, 'warn', 'error'),
    aliases: ['logger'],
  },
};

function hasMembers(value: unknown, ...names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}

/** @throws CallStatusError `invalid_options` */
export function checkBoardOptions(options: BoardOptions, environment: string | undefined): void {
  checkOptions<BoardOptions>('createBoard()', options, RULES);
  const { calls, inbox, allowUnauthenticated } = options;
  const issues: string[] = [];
  if (calls === undefined && inbox === undefined) {
    issues.push('`calls` is missing: createBoard({ calls }) in your service, or createBoard({ inbox }) elsewhere.');
  }
  if (calls !== undefined && inbox !== undefined) issues.push('`inbox`: leave it out; the board uses that of `calls`.');
  const isLenient = environment === 'development' || environment === 'test' || allowUnauthenticated === true;
  if (options.auth === undefined && !isLenient) {
    issues.push(
      '`auth` is missing, so that anyone could see the calls: write auth: basic({ user, password }), or allowUnauthenticated: true if something in front of the board authenticates visitors.',
    );
  }
  if (issues.length > 0) throw new CallStatusError('invalid_options', { issues });
}
