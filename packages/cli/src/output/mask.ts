/** Fewer digits are no phone number. */
const FEWEST_DIGITS = 7;

/** At least seven digits with only the punctuation of phone numbers between them; not a part of a word, of an id or of a decimal. */
const NUMBER = /(?<![\w.-])\+?\(?\d(?:[ ().\-/]{0,2}\d){6,}(?![\w]|[.-]\w)/g;
const DATE = /^\d{4}-\d\d-\d\d(?: \d\d)?/;

/** What `--reveal` decides: whether phone numbers are shown whole. */
export type Mask = (text: string) => string;

/** Masks the phone numbers in a text, such as `+1555•••4567`, and the user of a SIP address. */
export function mask(text: string): string {
  return text
    .replace(/(sips?:)([^@\s;]+)(?=@)/gi, (_, scheme: string, user: string) => scheme + maskNumber(user))
    .replace(NUMBER, (number) => (DATE.test(number) ? number : maskNumber(number)));
}

/** Masks phone numbers, unless they are to be revealed. */
export function maskUnless(isRevealed: boolean | undefined): Mask {
  return isRevealed === true ? (text) => text : mask;
}

/** Masks every phone number in the strings of a value, for JSON. */
export function maskDeep(value: unknown, how: Mask = mask): unknown {
  if (typeof value === 'string') return how(value);
  if (Array.isArray(value)) return value.map((one) => maskDeep(one, how));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, maskDeep(one, how)]));
}

/** The first and the last digits stay, so that people recognize their own numbers; at least three are hidden. */
function maskNumber(text: string): string {
  const digits = text.replace(/\D/g, '');
  if (digits.length < FEWEST_DIGITS) return `${text.slice(0, 1)}•••`;
  const [first, last] = digits.length >= 11 ? [4, 4] : [3, 2];
  return `${text.startsWith('+') ? '+' : ''}${digits.slice(0, first)}•••${digits.slice(-last)}`;
}
