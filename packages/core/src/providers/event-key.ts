import { text } from './lenient.ts';

/**
 * Joins the parts of an event key. No two lists of parts give the same key: a separator inside a part is escaped,
 * an absent part keeps its place, and only absent parts at the end leave no trace.
 */
export function eventKey(...parts: readonly unknown[]): string {
  const texts = parts.map((part) => text(part) ?? '');
  while (texts.at(-1) === '') texts.pop();
  return texts.map((part) => part.replace(/[\\|]/g, '\\$&')).join('|');
}
