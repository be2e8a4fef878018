/** Whether a name could reach a prototype. Such names are dropped from every tree of fields. */
export function isForbidden(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}
