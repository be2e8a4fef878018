/** The flags of commands that send single callbacks: how they are written, and for which URL. */
export const SENDING_ARGS = {
  form: { type: 'boolean', description: 'Send the fields as a form' },
  multipart: { type: 'boolean', description: 'Send the fields as multipart/form-data' },
  'json-body': { type: 'boolean', description: 'Send the fields as JSON' },
  get: { type: 'boolean', description: 'Send the fields in the query of a GET' },
  'public-url': {
    type: 'string',
    valueHint: 'url',
    description: 'The publicUrl of your server, which the signature covers',
  },
  'allow-remote': { type: 'boolean', description: 'Send to another machine, too' },
  curl: { type: 'boolean', description: 'Print the callback as a curl command, and send nothing' },
} as const;
