/** Where the secret of a provider comes from: the words of its page in the manual, which a test compares. */
export const WHERE_SECRETS_ARE: Readonly<Record<string, string>> = {
  bandwidth:
    'Choose a user name and a long password. Set them for the callbacks of your voice application, and give call-status both, joined by a colon.',
  exotel: 'Exotel cannot sign. Choose a long secret, and let call-status put it into the callback URL as `token`.',
  infobip:
    'Choose a user name and a long password. Set them as the security settings (Basic) of your notification profile, and give call-status both, joined by a colon.',
  jambonz: 'Copy the webhook secret of the account from the portal.',
  mycpaas:
    'mycpaas documents no signature. Choose a long secret, and let call-status put it into the callback URL as `token`.',
  plivo: 'Copy the Auth Token of your account from the console. It is shown next to the Auth ID.',
  retell: 'The key that signs is the API key with the webhook badge in the dashboard.',
  signalwire:
    'Copy the signing key from the dashboard, under API Credentials. It begins with `PSK`. The API token is another secret.',
  sinch:
    'Copy the key and the secret of your Voice application from the dashboard. Give both as one text, with a colon.',
  telnyx: 'Copy the public key of your account from Mission Control, under Keys & Credentials. It is not secret.',
  twilio: 'Copy the auth token of the account from the console. It has 32 hexadecimal digits.',
  vapi: 'Make a credential for the server URL, a bearer token or an `X-Vapi-Secret`, and give its secret to call-status.',
  vobiz: 'Copy the auth token of your account from the console.',
  voicedock:
    'Choose a long secret, and set it on the assistant as `webhook_secret`. VoiceDock then signs every webhook.',
  vonage: 'Copy the signature secret of your account from the dashboard, under API settings.',
};
