import { consoleLogger, type Inbox } from '@call-status/core';
import { mask } from '@call-status/core/inbox';
import { checkPermission, type Visitor, visitorOf } from './access/visitor.ts';
import type { Parts, Route } from './api/route.ts';
import { READS, WRITES } from './api/routes.ts';
import type { Board } from './board.ts';
import { BoardLog } from './board-log.ts';
import { failed, json, safely } from './http/answer.ts';
import { Assets } from './http/assets.ts';
import { BoardFailure } from './http/failure.ts';
import { Query } from './http/query.ts';
import { checkOrigin, readBody } from './http/write.ts';
import { HealthReader } from './live/health-reader.ts';
import { Live } from './live/live.ts';
import type { BoardContext, BoardOptions } from './options.ts';
import { Keys } from './privacy/keys.ts';
import { Privacy } from './privacy/privacy.ts';
import { TrafficLog } from './traffic/traffic-log.ts';

const API = 'api/';

/** Answers requests: who sends them, whether they may, and what they get. */
export class BoardServer implements Board {
  readonly #options: BoardOptions;
  readonly #parts: Parts;
  readonly #assets = new Assets();
  readonly #log: BoardLog;
  readonly #traffic: TrafficLog | undefined;
  #opening: Promise<unknown> | undefined;

  /** @param options checked */
  constructor(options: BoardOptions) {
    const { calls, callbackUrl, notice } = options;
    const inbox = (calls?.inbox ?? options.inbox) as Inbox;
    const log = new BoardLog(options.log ?? calls?.log ?? consoleLogger);
    const traffic = calls && new TrafficLog();
    const health = new HealthReader(inbox, calls, traffic);
    const keys = new Keys(options.keySecret);
    const live = new Live({ inbox, health, log }, keys);
    this.#options = options;
    this.#log = log;
    this.#traffic = traffic;
    this.#parts = { inbox, health, live, keys, log, calls, callbackUrl, notice };
  }

  async handle(request: Request, context: BoardContext = {}): Promise<Response> {
    const isHead = request.method === 'HEAD';
    try {
      return safely(await this.#answer(request, context), isHead);
    } catch (error) {
      this.#log.failed('error', error, 'The board could not answer: an option of it failed.');
      const failure = new BoardFailure(500, 'unexpected', 'The board failed. The log of the server shows why.');
      return safely(failed(failure, mask), isHead);
    }
  }

  close(): void {
    this.#parts.live.close();
    this.#traffic?.close();
  }

  async #answer(request: Request, context: BoardContext): Promise<Response> {
    const visitor = await visitorOf(this.#options, request, context);
    return visitor instanceof Response ? visitor : this.#answerTo(visitor, request, context);
  }

  async #answerTo(visitor: Visitor, request: Request, context: BoardContext): Promise<Response> {
    const privacy = new Privacy(visitor.can.raw, this.#options.mask);
    try {
      const url = new URL(request.url);
      const path = pathOf(url, context.mountPath ?? '');
      if (path === undefined) return redirect(url);
      if (!path.startsWith(API)) return this.#asset(path, request);
      const route = routeFor(path.slice(API.length), request.method);
      if (route instanceof Response) return route;
      checkPermission(visitor, route.needs);
      const isWrite = request.method === 'POST';
      if (isWrite) checkOrigin(request);
      const body = isWrite ? await readBody(request) : {};
      await this.#open();
      const owner = ownerOf(visitor, context);
      const visit = { request, query: new Query(url.searchParams), visitor, owner, privacy, body };
      const answer = await route.answer(visit, this.#parts);
      return answer instanceof Response ? answer : json(answer);
    } catch (error) {
      const answer = failed(error, (text) => privacy.text(text, 'message'));
      if (answer.status >= 500) this.#log.failed('warn', error, 'The board could not answer.');
      return answer;
    }
  }

  #asset(path: string, request: Request): Response {
    const answer = this.#assets.answer(path, request);
    if (answer === undefined) throw new BoardFailure(404, 'not_found', 'The board has no such page.');
    return readsOnly(request.method) ?? answer;
  }

  /** Opens the inbox; once it is open, this costs nothing. */
  #open(): Promise<unknown> {
    const { calls } = this.#options;
    this.#opening ??= Promise.resolve(calls === undefined ? this.#parts.inbox.ready?.() : calls.ready());
    this.#opening.catch(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }
}

function ownerOf({ user }: Visitor, { clientAddress = '' }: BoardContext): string {
  return user === undefined ? `at ${clientAddress}` : `by ${user}`;
}

/** The path below the mount; `undefined` for the mount itself without a slash. */
function pathOf({ pathname }: URL, mountPath: string): string | undefined {
  const mount = mountPath.replace(/\/+$/, '');
  if (pathname === mount) return undefined;
  if (pathname.startsWith(`${mount}/`)) return pathname.slice(mount.length + 1);
  throw new BoardFailure(404, 'not_found', 'The path is not below the one at which the board is mounted.');
}

/** To the same path with a slash, since all URLs of the page are relative; relative itself, since a proxy may know it by another path. */
function redirect({ pathname, search }: URL): Response {
  const location = `./${pathname.slice(pathname.lastIndexOf('/') + 1)}/${search}`;
  return new Response(null, { status: 308, headers: { location } });
}

function routeFor(name: string, method: string): Route | Response {
  const read = READS.get(name);
  const write = WRITES.get(name);
  if (read !== undefined) return readsOnly(method) ?? read;
  if (write !== undefined) return method === 'POST' ? write : otherMethod(method, 'POST');
  throw new BoardFailure(404, 'not_found', 'The board has no such data.');
}

function readsOnly(method: string): Response | undefined {
  return method === 'GET' || method === 'HEAD' ? undefined : otherMethod(method, 'GET, HEAD');
}

/** No header allows anything to another site. */
function otherMethod(method: string, allow: string): Response {
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  return json({ code: 'method_not_allowed', message: `Use ${allow}.` }, 405, { allow });
}
