import { existsSync } from 'node:fs';
import { wrongUsage } from '../cli-error.ts';

/**
 * Reads environment variables from a file; those that are set already stay.
 *
 * @throws CliError wrong_usage
 */
export function loadEnvFile(file: string): void {
  if (!existsSync(file)) throw wrongUsage(`--env ${file} does not exist.`);
  process.loadEnvFile(file);
}

/**
 * The value of an environment variable.
 *
 * @throws CliError wrong_usage when it is not set, or empty
 */
export function variable(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value.trim() !== '') return value;
  throw wrongUsage(
    `The environment variable ${name} is ${value === undefined ? 'not set' : 'empty'}.`,
    `Set it, or name the file that does: --env .env.`,
  );
}
