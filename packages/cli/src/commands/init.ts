import { join } from 'node:path';
import { refused } from '../cli-error.ts';
import { type Command, command } from '../command.ts';
import { FRAMEWORKS, INBOXES, LANGUAGES, PACKAGE_MANAGERS } from '../init/choices.ts';
import { choose } from '../init/choose.ts';
import { type Project, planProject, writeProject } from '../init/project.ts';
import type { Output } from '../output/output.ts';
import { safe } from '../output/safe.ts';
import { VERSION } from '../version.ts';

const init: Command = command({
  about:
    'Writes a server that receives callbacks, with handlers, a first test and the next steps. Asks on a terminal for what no flag says. Replaces no file, installs nothing and writes no secret.',
  args: {
    dir: { type: 'positional', required: false, description: 'The folder of the project [.]' },
    framework: { type: 'enum', options: [...FRAMEWORKS], description: 'The web framework' },
    providers: { type: 'string', valueHint: 'names', description: 'One or more: signalwire,exotel' },
    inbox: { type: 'enum', options: [...INBOXES], description: 'What keeps the calls; memory is for trying' },
    language: { type: 'enum', options: [...LANGUAGES], description: 'TypeScript or JavaScript' },
    'package-manager': {
      type: 'enum',
      options: [...PACKAGE_MANAGERS],
      description: 'For the commands of the next steps [the one that runs this]',
    },
    yes: { type: 'boolean', description: 'Take express, sqlite and ts for what no flag says, and ask nothing' },
  },
  examples: [
    ['init my-calls', 'Asks for framework, providers, inbox and language'],
    ['init my-calls --framework fastify --providers telnyx,vonage --inbox postgres --language ts', 'Asks nothing'],
    ['init . --providers exotel --yes', 'Adds to the project of this folder'],
  ],
  async run({ args, output }) {
    const { dir = '.' } = args;
    // The questions look only there.
    if (!args.color) process.env['NO_COLOR'] = '1';
    const choices = await choose(args);
    if (choices === undefined) {
      output.note('Nothing was written.');
      return 130;
    }
    const project = planProject(dir, choices, VERSION);
    if (project.conflicts.length > 0) {
      const files = project.conflicts.map((path) => join(dir, path)).join(', ');
      throw refused(
        `Nothing was written, because these files are there: ${files}.`,
        'Move them, or choose another folder.',
      );
    }
    writeProject(dir, project);
    print(dir, project, output);
    return 0;
  },
});
export default init;

function print(dir: string, { files, steps }: Project, output: Output): void {
  const { dim, bold, green } = output.style;
  for (const { path, action } of files) {
    output.row({ file: join(dir, path), action });
    output.result(`  ${action === 'left' ? dim(LABELS[action]) : green(LABELS[action])}  ${safe(join(dir, path))}`);
  }
  const way =
    dir === '.' ? steps : [{ what: 'Go to the folder', command: `cd ${/\s/.test(dir) ? `"${dir}"` : dir}` }, ...steps];
  for (const [index, { what, command: line }] of way.entries()) {
    output.row({ step: index + 1, what, command: line });
    output.result(`${index === 0 ? '\n' : ''}  ${index + 1}. ${what}\n     ${bold(safe(line))}`);
  }
}

/** Of one width. */
const LABELS = { new: 'new     ', added: 'added to', left: 'kept    ' } as const;
