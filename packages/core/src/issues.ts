import * as v from 'valibot';

/** A schema that says in plain words what it expects. */
export function expecting<Schema extends v.GenericSchema>(words: string, schema: Schema): Schema {
  return v.config(schema, { message: `expected ${words}.` });
}

/**
 * What is wrong with an object of options: path and sentence each, without values, which may be secrets.
 *
 * @param where whose options they are
 */
export function issuesOf(schema: v.GenericSchema, options: unknown, where = ''): readonly string[] {
  const { issues = [] } = v.safeParse(schema, options, { message: plainly, abortPipeEarly: true });
  return issues.map((issue) => {
    const path = [where, v.getDotPath(issue)].filter(Boolean).join('.');
    const isUnknown = issue.type === 'strict_object' && issue.expected === 'never';
    return `${path}: ${isUnknown ? 'no such option.' : issue.message}`;
  });
}

/** In place of valibot's own message, which quotes the value. */
export function plainly({ type, expected, received }: v.BaseIssue<unknown>): string {
  if (received === 'undefined') return 'missing.';
  return `expected ${type === 'non_empty' ? 'a text that is not empty' : (expected ?? 'another value')}.`;
}
