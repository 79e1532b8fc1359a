/**
 * JSON with every digit. JSON.parse makes a double of each number, which changes whole numbers beyond 2^53, long
 * decimals, -0 and 1e400 without a word. Here such a number becomes a bigint or an ExactNumber; all others stay numbers.
 */

/** A number of JSON that a double would change, kept as it was written. `String(n)` has its digits, `Number(n)` the nearest double. */
export class ExactNumber {
  /** @param text a number as JSON writes it */
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }

  valueOf(): number {
    return Number(this.text);
  }

  /** Only `stringifyJson` can write it as a number; like a bigint it is refused by JSON.stringify. */
  toJSON(): string {
    if (!writing) throw new TypeError('JSON.stringify would change this number; use stringifyJson');
    return MARK + this.text;
  }
}

export const isExact = (value: unknown): value is bigint | ExactNumber =>
  typeof value === 'bigint' || value instanceof ExactNumber;

/** An object that has members, which an ExactNumber is not. */
export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof ExactNumber);

/** A value with text instead of each number that a double would change: for what reads and writes JSON in its own way. */
export function digitsAsText(value: unknown): unknown {
  if (isExact(value)) return String(value);
  if (Array.isArray(value)) return value.map(digitsAsText);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, digitsAsText(inner)]));
}

/** Whether a text is nothing but what JSON takes for white space: a form feed is not. */
export const isBlankJson = (text: string): boolean => /^[ \t\r\n]*$/.test(text);

/** A JSON object. */
export const isFields = (value: unknown): value is Record<string, unknown> => isObject(value) && !Array.isArray(value);

/** Returns whether a JSON value has more than `most` members and items in all. Stops as soon as it is known. */
export function holdsMore(value: unknown, most: number): boolean {
  const open = [value];
  for (let left = most; open.length > 0; ) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    const inner: unknown[] = Array.isArray(next) ? next : Object.values(next);
    left -= inner.length;
    if (left < 0) return true;
    for (const one of inner) open.push(one);
  }
  return false;
}

/** Nobody outside of this process can write a text that begins so. */
const MARK = `${Array.from(globalThis.crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('-')}:`;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g');
let writing = false;

/** Digits of a bigint: making one takes more than linear time. A longer number is an ExactNumber. */
const MAX_BIGINT_DIGITS = 1000;

/**
 * Reads JSON as JSON.parse does, but no number changes: a whole number that a double would change becomes a bigint,
 * another such number an ExactNumber.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const marked = markInexact(text);
  if (marked === text) return value;
  return JSON.parse(marked, (_, inner: unknown) =>
    typeof inner === 'string' && inner.startsWith(MARK) ? exactOf(inner.slice(MARK.length)) : inner,
  );
}

/** Writes JSON as JSON.stringify does, and a bigint or an ExactNumber as a number with all its digits. */
export function stringifyJson(value: unknown, space?: number): string {
  try {
    return JSON.stringify(value, undefined, space);
  } catch (error) {
    // The engine refuses a bigint so, and toJSON above an ExactNumber; a circle of references fails below again.
    if (!(error instanceof TypeError)) throw error;
  }
  writing = true;
  try {
    const mark = (_: string, inner: unknown) => (typeof inner === 'bigint' ? `${MARK}${inner}` : inner);
    return JSON.stringify(value, mark, space).replace(MARKED, '$1');
  } finally {
    writing = false;
  }
}

/**
 * Decimal digits (`007`, `.5`, `1e3`) as what holds them: a number where that prints the same value, else a bigint or
 * an ExactNumber.
 */
export function numberOf(text: string): number | bigint | ExactNumber {
  const json = text
    .trim()
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^-?(?=\.)/, '$&0')
    .replace(/\.(?=$|e)/i, '');
  return isHeld(json) ? Number(json) : exactOf(json);
}

/** The double that a number prints at up to 17 digits, as other programs do; undefined where a double would change it. */
export function doubleOf({ text }: ExactNumber): number | undefined {
  const double = Number(text);
  if (!Number.isFinite(double)) return undefined;
  const wanted = plainDigits(text);
  const digits = wanted.replace(/^-|e.*$/g, '').length;
  if (digits === 0) return double;
  return digits <= 17 && plainDigits(double.toPrecision(digits)) === wanted ? double : undefined;
}

function exactOf(text: string): bigint | ExactNumber {
  const whole = /^-?\d+$/.test(text) && text !== '-0';
  return whole && text.length <= MAX_BIGINT_DIGITS ? BigInt(text) : new ExactNumber(text);
}

/** Whether the double of a number prints the same value. Of whole numbers the same digits: `1e+21` is not what was sent. */
function isHeld(text: string): boolean {
  const double = Number(text);
  if (!Number.isFinite(double)) return false;
  const printed = String(double);
  return printed === text || (/[.eE]/.test(text) && plainDigits(printed) === plainDigits(text));
}

const NUMBER = /^(-?)0*(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Sign, digits without zeros around them, and the power of ten: equal for texts of the same value. */
function plainDigits(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  const power = Number(exponent) - fraction.length + (digits.length - end);
  return `${sign}${digits.slice(0, end)}e${end === 0 ? 0 : power}`;
}

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/** Valid JSON with each number that a double would change as a marked text. Every reading pays for this: it is one pass. */
function markInexact(text: string): string {
  let marked = '';
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if (code !== MINUS && (code < ZERO || code > NINE)) at += 1;
    else {
      // Up to 15 digits without an exponent are always held, but for -0.
      let suspect = code === MINUS && text.charCodeAt(at + 1) === ZERO;
      let end = at + 1;
      for (; end < text.length; end += 1) {
        const inside = text.charCodeAt(end);
        if ((inside >= ZERO && inside <= NINE) || inside === 0x2e) continue;
        // Of what may stand in or after a number only e, E and the sign after them are left; an e of `true` is none.
        if ((inside | 0x20) !== 0x65 && inside !== 0x2b && inside !== MINUS) break;
        suspect = true;
      }
      if (suspect || end - at > 15) {
        const literal = text.slice(at, end);
        if (!isHeld(literal)) {
          marked += `${text.slice(copied, at)}"${MARK}${literal}"`;
          copied = end;
        }
      }
      at = end;
    }
  }
  return copied === 0 ? text : marked + text.slice(copied);
}

/** After the closing quote of the text that opens at `from`. */
function endOfText(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
}
