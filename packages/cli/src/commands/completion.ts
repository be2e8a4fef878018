import { wrongUsage } from '../cli-error.ts';
import { type Command, type CommandEntry, command } from '../command.ts';

/** The command that completes the commands of this list, itself among them. */
export function completionOf(commands: readonly CommandEntry[]): Command {
  return command({
    about: 'Prints a script that completes commands, flags and their values in your shell.',
    args: {
      shell: { type: 'positional', required: true, valueHint: 'bash|zsh|fish', description: 'bash, zsh or fish' },
    },
    examples: [
      ['completion bash >> ~/.bashrc', 'Keeps it for bash'],
      ['completion fish > ~/.config/fish/completions/call-status.fish', 'Keeps it for fish'],
    ],
    async run({ args, output }) {
      const [{ modelOf }, { SCRIPTS }] = await Promise.all([
        import('../completion/model.ts'),
        import('../completion/scripts.ts'),
      ]);
      const script = SCRIPTS[args.shell];
      if (script === undefined) throw wrongUsage(`"${args.shell}" is not a shell.`, 'It is bash, zsh or fish.');
      const text = script(await modelOf(commands));
      output.result(text);
      output.row({ shell: args.shell, script: text });
      return 0;
    },
  });
}
