/** The flags that every command has. */
export const GLOBAL_ARGS = {
  json: { type: 'boolean', description: 'Print one JSON object a line' },
  quiet: { type: 'boolean', description: 'Print results and errors only' },
  color: { type: 'boolean', default: true, description: 'Print without colors, as with NO_COLOR' },
  config: {
    type: 'string',
    valueHint: 'file',
    description: 'Your own providers [call-status.config.ts, .mts, .mjs or .js of this folder]',
  },
  // Node 20 takes `--env-file` for a flag of its own, wherever it is.
  env: {
    type: 'string',
    valueHint: 'file',
    description: 'A file with environment variables, such as .env; those that are set already win',
  },
} as const;
