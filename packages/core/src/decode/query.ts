import { unescaped } from './unescaped.ts';

/** The values of a parameter in a query. Nothing else of the query is decoded, which anyone can send. */
export function valuesOf(query: string, name: string): readonly string[] {
  const prefix = `${name}=`;
  return query
    .split('&')
    .filter((parameter) => parameter.startsWith(prefix))
    .map((parameter) => unescaped(parameter.slice(prefix.length).replaceAll('+', ' ')));
}
