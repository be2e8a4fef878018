/**
 * `{}`, made by a constructor. V8 learns where the object literals of a program live long, and then makes them old from the start; an old
 * object keeps all its strings from being collected early. Fields of callbacks live short or long, as the inbox has it.
 */
export const PlainObject: new () => Record<string, unknown> = Object.assign(
  function (this: unknown) {} as unknown as new () => Record<string, unknown>,
  { prototype: Object.prototype },
);
