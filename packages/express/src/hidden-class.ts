import type { Request, Response } from 'express';

/** From this version of V8 on (Node 24), objects with a new prototype share their hidden classes as any others do. */
const SHARED_CLASSES = 13;

/**
 * Makes a request and its response quick to use again.
 *
 * Express gives both of them another prototype. In V8 up to 12 (Node 20, 22) each property that is then added to such an object makes a
 * hidden class for this one object: a microsecond and a kilobyte each time, and no code that touches the object, node's own least of
 * all, ever meets a hidden class that it knows. As dictionaries, which they become when a property in their middle is taken out, all
 * of them have one hidden class in common. That halves what the rest of a request costs; on later versions it would cost.
 */
export const shareHiddenClass: (req: Request, res: Response) => void = sharerFor(process.versions.v8);

/** What is to be done in a version of V8. */
export function sharerFor(v8: string): (req: Request, res: Response) => void {
  return Number.parseInt(v8, 10) < SHARED_CLASSES ? toDictionaries : leave;
}

function toDictionaries(req: Request, res: Response): void {
  putBack(req, 'res');
  putBack(res, 'req');
}

/** With functions that do not throw, in case the property was made a constant. */
function putBack<Name extends string>(target: { [Key in Name]?: unknown }, name: Name): void {
  const { [name]: value } = target;
  Reflect.deleteProperty(target, name);
  Reflect.set(target, name, value);
}

function leave(): void {
  // There is nothing to fix.
}
