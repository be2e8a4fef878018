import { type CompletedCommand, groupsOf } from './model.ts';

/** The script of each shell. */
export const SCRIPTS: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash,
  zsh,
  fish,
};

function bash(commands: readonly CompletedCommand[]): string {
  return `# Completion of call-status for bash: eval "$(call-status completion bash)"
_call_status() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local word command='' choices=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${body(commands)}
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
}
complete -o default -F _call_status call-status`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  return `#compdef call-status
# Completion of call-status for zsh: eval "$(call-status completion zsh)", after compinit
_call_status() {
  local current="\${words[CURRENT]}" previous="\${words[CURRENT-1]}"
  local word command='' choices=''
  for word in "\${(@)words[2,CURRENT-1]}"; do
${body(commands)}
  if [[ -n $choices ]]; then compadd -- \${=choices}; else _files; fi
}
compdef _call_status call-status`;
}

/** From the words before the current one to the choices for it: the same in both shells. */
function body(commands: readonly CompletedCommand[]): string {
  const groups = [...groupsOf(commands)].filter(([group]) => group !== '');
  const isGroup = groups.map(([group]) => `'${group}'`).join('|');
  const nexts = [...groupsOf(commands)].map(([group, words]) => `      '${group}') choices='${words.join(' ')}' ;;`);
  const values = commands.flatMap(({ name, flags }) =>
    flags
      .filter(({ takesValue }) => takesValue)
      .map((flag) => `    '${name} --${flag.name}') choices='${flag.values.join(' ')}' ;;`),
  );
  const flags = commands.map(
    ({ name, flags: all, words }) =>
      `      '${name}') if [[ $current == -* ]]; then choices='${all.map((flag) => `--${flag.name}`).join(' ')}'; else choices='${words.join(' ')}'; fi ;;`,
  );
  return `    case "$command" in
      '') [[ $word == -* ]] || command="$word" ;;
      ${isGroup}) [[ $word == -* ]] || command="$command $word" ;;
    esac
  done
  case "$command $previous" in
${values.join('\n')}
    *) case "$command" in
${nexts.join('\n')}
${flags.join('\n')}
    esac ;;
  esac`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = [...groupsOf(commands)].map(([group, words]) => {
    const condition = group === '' ? '__fish_use_subcommand' : inCommand(group, words);
    return `complete -c call-status -f -n ${quoted(condition)} -a ${quoted(words.join(' '))}`;
  });
  for (const { name, flags, words } of commands) {
    const condition = quoted(inCommand(name, []));
    if (words.length > 0) lines.push(`complete -c call-status -f -n ${condition} -a ${quoted(words.join(' '))}`);
    for (const { name: flag, description, takesValue, values } of flags) {
      const value = values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : takesValue ? ' -r' : '';
      lines.push(`complete -c call-status -n ${condition} -l ${flag}${value} -d ${quoted(description)}`);
    }
  }
  return ['# Completion of call-status for fish: call-status completion fish | source', ...lines].join('\n');
}

/** Whether these words were typed, and none of those. */
function inCommand(name: string, others: readonly string[]): string {
  const seen = name.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
  const unseen = others.length === 0 ? [] : [`not __fish_seen_subcommand_from ${others.join(' ')}`];
  return [...seen, ...unseen].join('; and ');
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
