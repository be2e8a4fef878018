import type { Rule } from '../rule.ts';
import { BODY_RESERIALIZED } from './body-reserialized.ts';
import { CLOCK } from './clock.ts';
import { JSON_AS_FORM } from './content-type.ts';
import { CHARSET, REPEATED_FIELD, VALUE_TRIMMED } from './fields.ts';
import { HOST, PORT, PROXIES, SCHEME } from './origin.ts';
import { OTHER_PROVIDER } from './other-provider.ts';
import { FRAGMENT, PATH_PREFIX, TRAILING_SLASH } from './path.ts';
import { QUERY } from './query.ts';
import { OTHER_SECRET, SECRET_FORMAT } from './secrets.ts';
import { SIGNATURE_FORMAT } from './signature-format.ts';

/** All rules, in the order in which they are tried: of two that explain a request equally well, the first one counts. */
export const RULES: readonly Rule[] = [
  SECRET_FORMAT,
  OTHER_SECRET,
  SCHEME,
  HOST,
  PORT,
  PATH_PREFIX,
  TRAILING_SLASH,
  QUERY,
  FRAGMENT,
  BODY_RESERIALIZED,
  VALUE_TRIMMED,
  REPEATED_FIELD,
  CHARSET,
  JSON_AS_FORM,
  SIGNATURE_FORMAT,
  CLOCK,
  OTHER_PROVIDER,
  // Several parts of the URL at once, if one is not enough.
  PROXIES,
];
