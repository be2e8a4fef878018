import { CallStatusError } from '../errors.ts';
import {
  type FieldTree,
  isForbidden,
  type Limits,
  mostValues,
  tooDeep,
  tooManyFields,
  tooManyValues,
} from './fields.ts';

/**
 * Turns a parsed body, ours or another parser's, into a tree of fields: an object within the limits and without forbidden names.
 * The parsed body itself is never changed.
 *
 * @param isForm whether it was a form; otherwise it may have as many values as JSON: a transcript has thousands
 * @throws CallStatusError `malformed_body`, `body_too_large`
 */
export function sanitize(parsed: unknown, limits: Limits, isForm = false): FieldTree {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || ArrayBuffer.isView(parsed)) {
    throw new CallStatusError('malformed_body', { reason: 'It is not an object of fields.' });
  }
  return scrub(parsed as FieldTree, limits, isForm);
}

type Container = Record<string, unknown>;

/**
 * Holds a tree against the limits and drops its forbidden names. A tree without any, which is every honest one, is returned as it is;
 * another is copied, since it may belong to other code.
 * @throws CallStatusError `body_too_large`
 */
function scrub(tree: FieldTree, limits: Limits, isForm: boolean): FieldTree {
  return inspect(tree, limits, isForm) ? copyWithoutForbidden(tree) : tree;
}

/** Works level by level instead of recursively, so that no depth overflows the stack. Returns whether there are forbidden names. */
function inspect(tree: FieldTree, limits: Limits, isForm: boolean): boolean {
  const most = isForm ? limits.fields : mostValues(limits);
  let forbidden = false;
  let values = 0;
  let level: FieldTree[] = [tree];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.depth) throw tooDeep(limits);
    const next: FieldTree[] = [];
    for (const container of level) {
      const names = Object.keys(container);
      values += names.length;
      if (values > most) throw isForm ? tooManyFields(limits, 'values') : tooManyValues(limits);
      for (const name of names) {
        if (isForbidden(name)) forbidden = true;
        const value = container[name];
        if (isContainer(value)) next.push(value);
      }
    }
    level = next;
  }
  return forbidden;
}

function copyWithoutForbidden(tree: FieldTree): FieldTree {
  const root: Container = {};
  const pending: [FieldTree, Container][] = [[tree, root]];
  for (const [source, target] of pending) {
    for (const name of Object.keys(source)) {
      if (isForbidden(name)) continue;
      const value = source[name];
      if (isContainer(value)) {
        const copy = emptyLike(value);
        target[name] = copy;
        pending.push([value, copy]);
      } else {
        target[name] = value;
      }
    }
  }
  return root;
}

function isContainer(value: unknown): value is FieldTree {
  return typeof value === 'object' && value !== null;
}

/** Arrays too: their names are their indices. */
function emptyLike(value: FieldTree): Container {
  return (Array.isArray(value) ? [] : {}) as Container;
}
