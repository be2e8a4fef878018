import type { CommandEntry } from '../command.ts';

/** What can follow a command. */
export interface CompletedCommand {
  /** `inbox ls` */
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
  /** The values of its first word, where it is one of a list. */
  readonly words: readonly string[];
}

/** A flag of a command. */
export interface CompletedFlag {
  /** `no-color` */
  readonly name: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** The values that it may have, where they are a list. */
  readonly values: readonly string[];
}

/** Reads the definitions of all commands. */
export async function modelOf(commands: readonly CommandEntry[]): Promise<readonly CompletedCommand[]> {
  return Promise.all(
    commands.map(async ({ name, description, load }) => {
      const args = Object.entries((await load()).default.args);
      const flags = args.flatMap(([flag, def]): CompletedFlag[] => {
        if (def.type === 'positional') return [];
        const isOff = def.type === 'boolean' && def.default === true;
        const values = def.type === 'enum' ? (def.options ?? []) : [];
        const takesValue = def.type !== 'boolean';
        return [{ name: isOff ? `no-${flag}` : flag, description: def.description ?? '', takesValue, values }];
      });
      const first = args.find(([, { type }]) => type === 'positional')?.[1].valueHint;
      return { name, description, flags, words: first?.includes('|') === true ? first.split('|') : [] };
    }),
  );
}

/** The words that may come first, and those after a group such as `inbox`. */
export function groupsOf(commands: readonly CompletedCommand[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>([['', []]]);
  for (const { name } of commands) {
    const [first = '', second] = name.split(' ');
    if (!groups.get('')?.includes(first)) groups.get('')?.push(first);
    if (second !== undefined) groups.set(first, [...(groups.get(first) ?? []), second]);
  }
  return groups;
}
