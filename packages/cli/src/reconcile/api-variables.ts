/** A part of the credentials for the API of a provider, with the environment variable that has it. */
export interface ApiPart {
  /** The name in the provider's option `api`. */
  readonly option: string;
  readonly variable: string;
  /** Whether it is the one that is secret: `--secret-from-env` and `--secret-stdin` give it. */
  readonly isSecret?: true;
  readonly isOptional?: true;
}

/**
 * The parts of the credentials for each built-in provider that can be asked: one list, or several ways. The variables have the names that the
 * documentation of the provider or its libraries use.
 */
export const API_VARIABLES: Readonly<Record<string, readonly (readonly ApiPart[])[]>> = {
  bandwidth: [
    [
      { option: 'user', variable: 'BANDWIDTH_API_USER' },
      { option: 'password', variable: 'BANDWIDTH_API_PASSWORD', isSecret: true },
      { option: 'account', variable: 'BANDWIDTH_ACCOUNT_ID' },
    ],
  ],
  exotel: [
    [
      { option: 'sid', variable: 'EXOTEL_SID' },
      { option: 'key', variable: 'EXOTEL_API_KEY' },
      { option: 'token', variable: 'EXOTEL_API_TOKEN', isSecret: true },
      { option: 'region', variable: 'EXOTEL_REGION' },
    ],
  ],
  jambonz: [
    [
      { option: 'account', variable: 'JAMBONZ_ACCOUNT_SID' },
      { option: 'key', variable: 'JAMBONZ_API_KEY', isSecret: true },
      { option: 'server', variable: 'JAMBONZ_API_SERVER' },
    ],
  ],
  plivo: [
    [
      { option: 'authId', variable: 'PLIVO_AUTH_ID' },
      { option: 'authToken', variable: 'PLIVO_AUTH_TOKEN', isSecret: true },
    ],
  ],
  retell: [[{ option: 'key', variable: 'RETELL_API_KEY', isSecret: true }]],
  signalwire: [
    [
      { option: 'space', variable: 'SIGNALWIRE_SPACE' },
      { option: 'project', variable: 'SIGNALWIRE_PROJECT_ID' },
      { option: 'token', variable: 'SIGNALWIRE_API_TOKEN', isSecret: true },
    ],
  ],
  sinch: [
    [
      { option: 'key', variable: 'SINCH_KEY' },
      { option: 'secret', variable: 'SINCH_SECRET', isSecret: true },
    ],
  ],
  telnyx: [
    [
      { option: 'key', variable: 'TELNYX_API_KEY', isSecret: true },
      // It chooses another API, so it must not be set by accident.
      { option: 'account', variable: 'TELNYX_TEXML_ACCOUNT', isOptional: true },
    ],
  ],
  twilio: [
    [
      { option: 'accountSid', variable: 'TWILIO_ACCOUNT_SID' },
      { option: 'apiKey', variable: 'TWILIO_API_KEY' },
      { option: 'secret', variable: 'TWILIO_API_SECRET', isSecret: true },
      { option: 'region', variable: 'TWILIO_REGION', isOptional: true },
      { option: 'edge', variable: 'TWILIO_EDGE', isOptional: true },
    ],
    [
      { option: 'accountSid', variable: 'TWILIO_ACCOUNT_SID' },
      { option: 'secret', variable: 'TWILIO_AUTH_TOKEN', isSecret: true },
      { option: 'region', variable: 'TWILIO_REGION', isOptional: true },
      { option: 'edge', variable: 'TWILIO_EDGE', isOptional: true },
    ],
  ],
  vapi: [[{ option: 'key', variable: 'VAPI_API_KEY', isSecret: true }]],
  voicedock: [[{ option: 'key', variable: 'VOICEDOCK_API_KEY', isSecret: true }]],
  vonage: [
    [
      { option: 'applicationId', variable: 'VONAGE_APPLICATION_ID' },
      { option: 'privateKey', variable: 'VONAGE_PRIVATE_KEY', isSecret: true },
    ],
  ],
};
