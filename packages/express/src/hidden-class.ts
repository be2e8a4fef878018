import type { Request, Response } from 'express';

/** Since this version of V8 (Node 24), objects with a new prototype share hidden classes like any others. */
const FIXED_IN = 13;

/**
 * Makes a request and its response fast to use again: without it, a callback costs 1.36 times as much CPU on Node 20
 * (`pnpm run bench http --only express`). Remove this file when Node 22 is no longer supported (April 2027).
 *
 * Express gives both another prototype. In V8 up to 12 (Node 20, 22), each property that is then added to such an object makes a hidden
 * class for this one object: a microsecond and a kilobyte each time, and no code that touches the object ever meets a hidden class that
 * it knows. When a property in the middle is deleted, the object becomes a dictionary, and all dictionaries share one hidden class.
 */
export const shareHiddenClass: (req: Request, res: Response) => void = sharerFor(process.versions.v8);

/** The fix for a version of V8. */
export function sharerFor(v8: string): (req: Request, res: Response) => void {
  return Number.parseInt(v8, 10) < FIXED_IN ? toDictionaries : leave;
}

function toDictionaries(req: Request, res: Response): void {
  putBack(req, 'res');
  putBack(res, 'req');
}

/** By functions that do not throw if the property was made a constant. */
function putBack<Name extends string>(target: { [Key in Name]?: unknown }, name: Name): void {
  const { [name]: value } = target;
  Reflect.deleteProperty(target, name);
  Reflect.set(target, name, value);
}

function leave(): void {
  // There is nothing to fix.
}
