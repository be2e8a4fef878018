import type { RuleName } from '../provider/clue.ts';
import { loggableUrl } from '../text/redact.ts';
import type { Outcome } from './attempts.ts';
import type { Finding } from './diagnosis.ts';
import { ownClues } from './own-clues.ts';
import type { Context } from './rule.ts';
import { RULES } from './rules/index.ts';
import type { Trial } from './trial.ts';

/** What makes the request likely to be refused, by its looks. */
export function suspicions(context: Context, outcome: Outcome): readonly Finding[] {
  const { verdict, error, byToken = false } = outcome;
  if (verdict === 'unknown') return [ASYNCHRONOUS, ...evident(context, byToken)];
  if (verdict === 'missing')
    return [...toldBy(error), ...evident(context, byToken, AFTER_MISSING), ...missing(context, byToken)];
  const own = byToken ? [] : ownClues(context.original).map((clue) => ({ ...clue, causes: [clue.rule] }));
  const seen = evident(context, byToken);
  const isBodyNamed = byToken || seen.some(({ rule }) => rule === 'body_reserialized');
  return [
    ...toldBy(error),
    ...own,
    ...seen,
    ...(isBodyNamed ? [] : lostBody(context)),
    ...lastResort(context, byToken),
  ];
}

const ASYNCHRONOUS = finding(
  'signature_format',
  'The provider verifies asynchronously, so no change can be tried.',
  'Compare its secret and its public URL yourself.',
);

/** Where no proof came, only these may have it. */
const AFTER_MISSING: readonly RuleName[] = ['query', 'other_provider'];

/** The rules that matter for what the provider verifies. */
const OF_URL: readonly RuleName[] = ['scheme', 'host', 'port', 'path_prefix', 'trailing_slash', 'fragment'];
const OF_BODY: readonly RuleName[] = ['value_trimmed', 'repeated_field', 'charset'];

function isRelevant(rule: RuleName, { original }: Context, byToken: boolean): boolean {
  const { signs } = original.provider.definition;
  if (byToken || signs === 'nothing') {
    return ![...OF_URL, ...OF_BODY, 'body_reserialized', 'json_as_form', 'clock'].includes(rule);
  }
  return signs === 'fields' || ![...OF_URL, ...OF_BODY, 'query'].includes(rule);
}

/** The first evident change of each rule; if proxies say several parts of the URL, all at once. */
function evident(context: Context, byToken: boolean, only?: readonly RuleName[]): readonly Finding[] {
  const found = RULES.flatMap((rule) => {
    if (only?.includes(rule.name) === false || !isRelevant(rule.name, context, byToken)) return [];
    // Another secret is no evidence: it was tried.
    if (rule.name === 'other_secret') return [];
    const first = Array.from(rule.variants(context.original, context)).find(({ chance }) => chance === 'evident');
    if (first === undefined) return [];
    const { causes = [rule.name], trial } = first;
    return [{ rule: causes[0] as RuleName, causes, ...first.explain(trial), certain: false }];
  });
  const joint = found.find(({ causes }) => causes.length > 1);
  if (joint === undefined) return found;
  return [joint, ...found.filter(({ rule }) => !joint.causes.includes(rule))];
}

/** What the provider's own error says. */
function toldBy(error: Outcome['error']): readonly Finding[] {
  const { hint } = error?.details ?? {};
  return hint === undefined ? [] : [finding('signature_format', hint, 'See the documentation of the provider.')];
}

function lostBody({ original }: Context): readonly Finding[] {
  const { request, provider } = original;
  if (request.body !== undefined || request.method === 'GET' || provider.definition.signs === 'nothing') return [];
  return [
    finding(
      'body_reserialized',
      'Another parser took the body apart first.',
      'Mount call-status before it, or keep the bytes of the body (rawBody).',
    ),
  ];
}

function missing({ original }: Context, byToken: boolean): readonly Finding[] {
  if (byToken) {
    return [
      finding(
        'query',
        'The URL has no token.',
        'Give the provider the URL that callbackParams() returns, and check that nothing removes its query.',
      ),
    ];
  }
  const { name, signs } = original.provider.definition;
  const what = signs === 'nothing' ? 'credentials' : 'signature';
  return [
    finding(
      'signature_format',
      `The request has no ${what}.`,
      `Check that ${name} is configured to send it, and that no proxy removes its header.`,
    ),
  ];
}

function lastResort({ original }: Context, byToken: boolean): readonly Finding[] {
  const { secrets = [], tokens = [], provider } = original;
  if ((byToken ? tokens : secrets).length === 0) {
    return [finding('other_secret', 'No secret was found for this request.', 'Configure one.')];
  }
  if (byToken) {
    return [
      finding(
        'other_secret',
        'The token is not one of those configured here.',
        'Give the provider the URL that callbackParams() returns.',
      ),
    ];
  }
  const { signs } = provider.definition;
  const changed = {
    fields: ', or something changed the URL or the fields',
    bytes: ', or something changed the body',
    nothing: '',
  };
  return [
    finding(
      'other_secret',
      `The secret is not this provider's${changed[signs]}.`,
      `Compare the secret with that of the account that calls.${signs === 'fields' ? urlAdvice(original) : ''}`,
    ),
  ];
}

function urlAdvice({ request, publicUrl }: Trial): string {
  if (publicUrl === undefined) return ' If the provider called another URL (scheme, host, port, path), set publicUrl.';
  const came = loggableUrl(request.origin + request.url);
  return ` publicUrl is ${loggableUrl(publicUrl)}, and the request came to ${came}: if the provider called another URL, correct publicUrl.`;
}

function finding(rule: RuleName, evidence: string, fix: string): Finding {
  return { rule, causes: [rule], evidence, fix, certain: false };
}
