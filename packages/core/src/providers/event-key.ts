import { text } from './lenient.ts';

/**
 * Joins the parts of an event key. No two lists of parts give the same key: a separator inside a part is escaped,
 * an absent part keeps its place, and only absent parts at the end leave no trace.
 */
export function eventKey(...parts: readonly unknown[]): string {
  let key = '';
  let separators = '';
  for (const part of parts) {
    const there = text(part);
    if (there !== undefined) {
      key += separators + escaped(there);
      separators = '';
    }
    separators += '|';
  }
  return key;
}

function escaped(part: string): string {
  return part.includes('|') || part.includes('\\') ? part.replace(/[\\|]/g, '\\$&') : part;
}
