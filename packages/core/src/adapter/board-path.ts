import { checkOptions, type OptionRule } from '../rules/check-options.ts';

const PATH: OptionRule = {
  expected: "a path that begins with a slash, such as '/ops/calls'",
  fits: (value) => value === '' || (typeof value === 'string' && /^\/[^*]*$/.test(value)),
  aliases: ['mountPath', 'url'],
};

const ANY: OptionRule = { expected: 'any value', fits: () => true };

/**
 * The path of a board among the options of its mount, without a slash at its end; empty for all paths. A misspelled option would make the
 * board answer the whole application.
 *
 * @param what what to call the options in the error
 * @param others options besides `path`, which are checked elsewhere
 * @throws CallStatusError `invalid_options`
 * @example
 * ```ts
 * import { boardPath } from '@call-status/core/adapter';
 *
 * boardPath('boardMiddleware()', { path: '/ops/calls/' }); // '/ops/calls'
 * ```
 */
export function boardPath(what: string, options: { readonly path?: string }, others: readonly string[] = []): string {
  const rules = { path: PATH, ...Object.fromEntries(others.map((name) => [name, ANY])) };
  checkOptions<{ path?: string }>(what, options, rules);
  return (options.path ?? '').replace(/\/$/, '');
}
