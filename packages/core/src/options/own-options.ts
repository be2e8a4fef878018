import type { Provider } from '../provider/define-provider.ts';
import type { OptionSchemas } from '../provider/provider-options.ts';
import { issuesOfOption, validate } from '../provider/standard-schema.ts';

/** What is wrong with a provider's own options: path and sentence each. */
export function issuesOfOwnOptions({ name, definition, options }: Provider): string[] {
  return Object.entries(schemasOf(definition)).flatMap(([option, schema]) => {
    const where = `${name}.${option}`;
    const value = given(options, option);
    const { issues = [] } = validate(schema, value, `The schema of ${where}`);
    return issuesOfOption(schema, issues, value, where);
  });
}

/** Providers with their own options as the schemas make them, with their defaults; the same ones where that changes nothing. */
export function withOwnOptions(providers: readonly Provider[]): readonly Provider[] {
  const made = providers.map(parsed);
  return made.every((provider, at) => provider === providers[at]) ? providers : made;
}

function parsed(provider: Provider): Provider {
  const { definition, options } = provider;
  const changed = Object.entries(schemasOf(definition)).flatMap(([option, schema]) => {
    const value = given(options, option);
    const result = validate(schema, value, `The schema of ${option}`);
    return result.issues !== undefined || result.value === value ? [] : [[option, result.value] as const];
  });
  return changed.length === 0 ? provider : { ...provider, options: { ...options, ...Object.fromEntries(changed) } };
}

function schemasOf({ options = {} }: Provider['definition']): OptionSchemas {
  return options;
}

function given(options: object, name: string): unknown {
  return (options as Readonly<Record<string, unknown>>)[name];
}
