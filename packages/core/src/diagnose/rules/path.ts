import type { Explanation, Rule, Variant } from '../rule.ts';
import { differenceOfPaths, splitUrl, type Trial, urlOf, withUrlOf } from '../trial.ts';
import { shownUrl } from '../verified-text.ts';
import { fixFor } from './origin.ts';

/** What a mount or a proxy removed from the path, or added to it. */
export const PATH_PREFIX: Rule = {
  name: 'path_prefix',
  variants: function* (trial, { original, said }) {
    const { path } = urlOf(trial);
    const seen = new Set([path]);
    const at = function* (called: string, chance: Variant['chance'], evidence: string): Iterable<Variant> {
      if (seen.has(called) || !called.startsWith('/')) return;
      seen.add(called);
      const explain = (final: Trial): Explanation => {
        const url = urlOf(final);
        const isPrefix = url.path.endsWith(original.request.url);
        const prefix = url.path.slice(0, url.path.length - original.request.url.length);
        const fix = isPrefix ? fixFor(url, shownUrl({ ...url, path: prefix }), original, false) : keepFix(url);
        return { evidence, fix };
      };
      const causes = [differenceOfPaths(path, called)];
      yield { trial: withUrlOf(trial, { path: called }), chance, causes, explain };
    };
    for (const { value, header } of said.paths) {
      yield* at(value, 'evident', `A proxy says that the provider called another path (${header}).`);
    }
    if (original.publicUrl !== undefined) {
      const [, query = ''] = /^[^?]*(.*)$/s.exec(path) as RegExpExecArray;
      yield* at(
        splitUrl(original.publicUrl).path + query,
        'common',
        'publicUrl is the whole URL that the provider called.',
      );
    }
    yield* at(original.request.url, 'common', 'The provider called the path without the prefix of publicUrl.');
    yield* at(path.replace(/^\/[^/?#]+(?=\/)/, ''), 'common', 'The provider called the path without its first part.');
    for (const prefix of [...PREFIXES, trial.provider.definition.name]) {
      yield* at(`/${prefix}${path}`, 'guess', `The provider called a path with /${prefix} before this one.`);
    }
  },
};

/** Usual mounts. */
const PREFIXES = ['api', 'webhooks', 'webhook', 'hooks', 'callbacks', 'callback', 'v1', 'api/v1', 'voice', 'calls'];

export const TRAILING_SLASH: Rule = {
  name: 'trailing_slash',
  variants: function* (trial) {
    const { path } = urlOf(trial);
    const [, address = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(path) as RegExpExecArray;
    const slash = address.endsWith('/');
    const paths: readonly (readonly [string, string])[] = [
      [
        slash ? address.slice(0, -1) : `${address}/`,
        slash ? 'without the slash at the end' : 'with a slash at the end',
      ],
      [address.replace(/\/{2,}/g, '/'), 'with one slash where two came'],
      [`/${address}`, 'with two slashes at the beginning'],
    ];
    for (const [changed, how] of paths) {
      if (changed === address) continue;
      yield {
        trial: withUrlOf(trial, { path: changed + rest }),
        chance: 'common',
        explain: (final) => ({
          evidence: `The provider called the path ${how}.`,
          fix: `Give the provider exactly the URL that comes here, and check what redirects or rewrites ${shownUrl(urlOf(final))}.`,
        }),
      };
    }
  },
};

/** A fragment is part of the callback URL, and no client sends it. */
export const FRAGMENT: Rule = {
  name: 'fragment',
  variants: function* (trial, { original }) {
    const { path } = urlOf(trial);
    const [bare = '', sent] = path.split('#', 2);
    const [, configured] = (original.publicUrl ?? '').split('#', 2);
    const fix = 'Remove the fragment from the callback URL, or add it to publicUrl.';
    const paths: readonly (readonly [string, Variant['chance'], string])[] = [
      ...(sent === undefined ? [] : [[bare, 'evident', 'The provider signs the URL without its fragment.'] as const]),
      ...(configured === undefined
        ? []
        : [[`${bare}#${configured}`, 'evident', 'The provider signs the fragment of the callback URL.'] as const]),
      [`${bare}#`, 'guess', 'The provider signs the # at the end of the callback URL.'],
    ];
    for (const [changed, chance, evidence] of paths) {
      if (changed !== path) {
        yield { trial: withUrlOf(trial, { path: changed }), chance, explain: () => ({ evidence, fix }) };
      }
    }
  },
};

function keepFix(url: Parameters<typeof shownUrl>[0]): string {
  return `The provider called ${shownUrl(url)}: keep path and query as they are, or give the provider the URL that comes here.`;
}
