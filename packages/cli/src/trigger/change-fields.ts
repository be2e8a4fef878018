import { isDeepStrictEqual } from 'node:util';
import { wrongUsage } from '../cli-error.ts';
import { didYouMean } from '../input/did-you-mean.ts';

/** The fields of a callback, decoded. */
export type Tree = Record<string, unknown>;

/** A change of one field. */
export interface FieldChange {
  /** As on the command line: `From`, `message.customer.number`, `Legs[0][Status]`. */
  readonly name: string;
  /** `undefined` removes it. */
  readonly value: string | undefined;
  /** Whether the value is JSON: `--set duration:=42`. */
  readonly isJson?: boolean;
}

/**
 * Reads `name=value` and `name:=json`.
 *
 * @throws CliError wrong_usage
 */
export function changeOf(text: string): FieldChange {
  const [, name = '', colon, value = ''] = /^([^=]+?)(:?)=(.*)$/s.exec(text) ?? [];
  if (name === '') throw wrongUsage(`--set is not "${text}".`, 'It is name=value, or name:=json.');
  return { name, value, isJson: colon === ':' };
}

/**
 * The fields with changes. A value takes the type that the field has.
 *
 * @param warn gets a sentence about a name that is probably misspelled
 * @throws CliError wrong_usage
 */
export function changeFields(fields: Tree, changes: readonly FieldChange[], warn: (text: string) => void): Tree {
  const changed = structuredClone(fields);
  for (const { name, value, isJson = false } of changes) {
    const path = pathOf(name, changed);
    const parent = parentOf(changed, path, value !== undefined);
    const key = path.at(-1) ?? '';
    const isKnown = parent !== undefined && Object.hasOwn(parent, key);
    if (!isKnown) {
      const names = Object.keys(parent ?? changed);
      const advice = didYouMean(key, names, `It has ${names.join(', ')}.`);
      if (value === undefined) throw wrongUsage(`This callback has no field ${name} to remove.`, advice);
      if (advice.startsWith('Did')) warn(`This callback had no field ${name}. ${advice}`);
    }
    if (parent === undefined) continue;
    if (value === undefined) remove(parent, key);
    else parent[key] = isJson ? parsed(value, name) : like(parent[key], value);
  }
  return changed;
}

/** What has to change in `before` to make it `after`; `undefined` is a field to remove. */
export function differences(before: Tree, after: Tree): Tree {
  const changes: Tree = {};
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) changes[name] = undefined;
  for (const [name, value] of Object.entries(after)) {
    const old = before[name];
    if (isDeepStrictEqual(old, value)) continue;
    changes[name] = isTree(old) && isTree(value) ? differences(old, value) : value;
  }
  return changes;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name that is there is taken as it is; else dots and brackets lead into nested fields. */
function pathOf(name: string, fields: Tree): readonly string[] {
  return Object.hasOwn(fields, name) ? [name] : name.split(/\]?[.[]|\]$/).filter((part) => part !== '');
}

function parentOf(fields: Tree, path: readonly string[], mayCreate: boolean): Tree | undefined {
  let parent: Tree = fields;
  for (const part of path.slice(0, -1)) {
    const inner = parent[part];
    if (typeof inner === 'object' && inner !== null) parent = inner as Tree;
    else if (!mayCreate) return undefined;
    else {
      const created: Tree = {};
      parent[part] = created;
      parent = created;
    }
  }
  return parent;
}

function remove(parent: Tree, key: string): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

/** A number stays a number, where the text is one. */
function like(before: unknown, text: string): unknown {
  if (typeof before !== 'number' && typeof before !== 'boolean') return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === typeof before ? value : text;
  } catch {
    return text;
  }
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrongUsage(`${name}:= is not JSON: ${text}`, `Write ${name}=… for a text.`);
  }
}
