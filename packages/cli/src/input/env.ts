import { notFound, unreachable, wrongUsage } from '../cli-error.ts';

/**
 * Reads environment variables from a file; those that are set already stay.
 *
 * @throws CliError not_found, unreachable
 */
export function loadEnvFile(file: string): void {
  try {
    process.loadEnvFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw notFound(`--env ${file} does not exist.`);
    throw unreachable(
      `--env ${file} cannot be read.`,
      'It is a text file with a line NAME=value for each variable.',
      error,
    );
  }
}

/** As variables are named by custom. */
const NAME = /^[A-Z_][A-Z0-9_]*$/;

/**
 * The value of an environment variable.
 *
 * @throws CliError wrong_usage when it is not set, or empty
 */
export function variable(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value.trim() !== '') return value;
  // A secret in the place of a name must not be repeated.
  if (!NAME.test(name) && value === undefined) {
    throw wrongUsage(
      'There is no environment variable with the given name.',
      'Give the name of a variable, not its value: SIGNALWIRE_SIGNING_KEY.',
    );
  }
  throw wrongUsage(
    `The environment variable ${name} is ${value === undefined ? 'not set' : 'empty'}.`,
    `Set it, or name the file that does: --env .env.`,
  );
}
