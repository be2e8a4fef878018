import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { expect, it } from 'vitest';
import { sharerFor } from './hidden-class.ts';

setFlagsFromString('--allow-natives-syntax');
/** What no JavaScript can tell: whether two objects have the same hidden class. */
const haveSameHiddenClass: (one: object, other: object) => boolean = runInThisContext(
  '(one, other) => %HaveSameMap(one, other)',
);

/** The prototypes of an application. */
const prototypes = () => ({
  request: Object.create(IncomingMessage.prototype),
  response: Object.create(ServerResponse.prototype),
});

/** A request and a response as Express makes them: another prototype, and then other properties. */
function made(of = prototypes()): { req: never; res: never } {
  const req = new IncomingMessage(new Socket());
  const res = new ServerResponse(req);
  Object.setPrototypeOf(req, of.request);
  Object.setPrototypeOf(res, of.response);
  return {
    req: Object.assign(req, { res, next: () => {} }) as never,
    res: Object.assign(res, { locals: {} }) as never,
  };
}

it.runIf(Number.parseInt(process.versions.v8, 10) < 13)(
  'gives all requests and responses of Express one hidden class',
  () => {
    const share = sharerFor('11.3.244.8-node.38');
    const isShared = (): boolean => {
      const app = prototypes();
      const [one, other] = [made(app), made(app)];
      expect(haveSameHiddenClass(one.req, other.req)).toBe(false);
      expect(haveSameHiddenClass(one.res, other.res)).toBe(false);
      share(one.req, one.res);
      share(other.req, other.res);
      return haveSameHiddenClass(one.req, other.req) && haveSameHiddenClass(one.res, other.res);
    };
    // The engine forgets a class in a full garbage collection, or for another one: it has places for 64, and the addresses of the
    // prototypes choose the place.
    expect(Array.from({ length: 5 }, isShared)).toContain(true);
  },
);

it('changes nothing that anybody can see but the order of the names', () => {
  const { req, res } = made();
  const before = [{ ...(req as object) }, { ...(res as object) }];
  sharerFor('11.3.244.8-node.38')(req, res);
  expect([{ ...(req as object) }, { ...(res as object) }]).toEqual(before);
});

it('leaves alone what a later engine does well', () => {
  const { req, res } = made();
  const names = Object.keys(req);
  sharerFor('13.6.233.17-node.40')(req, res);
  expect(Object.keys(req)).toEqual(names);
});

it('leaves a constant as it is', () => {
  const { req, res } = made();
  Object.freeze(req);
  sharerFor('11.3.244.8-node.38')(req, res);
  expect((req as { res: unknown }).res).toBe(res);
});
