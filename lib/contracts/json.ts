/**
 * JSON without loss of digits. JSON.parse converts each number to a double. This silently changes whole numbers beyond
 * 2^53, long decimals, -0 and 1e400. Here such a number becomes a bigint or an ExactNumber; all others stay numbers.
 */

/**
 * A JSON number that a double would change, stored as it was written. `String(n)` returns its digits, `Number(n)` the
 * nearest double.
 */
export class ExactNumber {
  /** @param text a number in JSON syntax */
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }

  valueOf(): number {
    return Number(this.text);
  }

  /** Throws unless `stringifyJson` calls it, so that JSON.stringify rejects it like a bigint. */
  toJSON(): string {
    if (!writing) throw new TypeError('JSON.stringify would change this number; use stringifyJson');
    return MARK + this.text;
  }
}

export const isExact = (value: unknown): value is bigint | ExactNumber =>
  typeof value === 'bigint' || value instanceof ExactNumber;

/** Returns whether a value is an object with members. An ExactNumber is not. */
export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof ExactNumber);

/** Replaces each number that a double would change by text, for libraries with their own JSON parser or writer. */
export function digitsAsText(value: unknown): unknown {
  if (isExact(value)) return String(value);
  if (Array.isArray(value)) return value.map(digitsAsText);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, digitsAsText(inner)]));
}

/** Returns whether a text consists only of JSON whitespace. A form feed is not JSON whitespace. */
export const isBlankJson = (text: string): boolean => /^[ \t\r\n]*$/.test(text);

/** Returns whether a value is a JSON object. */
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

/** A random prefix, so that no input can contain a marked text. */
const MARK = `${Array.from(globalThis.crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('-')}:`;
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g');
let writing = false;

/** Maximum digits of a bigint, because parsing one takes more than linear time. A longer number is an ExactNumber. */
const MAX_BIGINT_DIGITS = 1000;

/**
 * Parses JSON like JSON.parse, but keeps every digit: a whole number that a double would change becomes a bigint, any
 * other such number an ExactNumber.
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

/** Writes JSON like JSON.stringify, and writes a bigint or an ExactNumber as a number with all its digits. */
export function stringifyJson(value: unknown, space?: number): string {
  try {
    return JSON.stringify(value, undefined, space);
  } catch (error) {
    // A bigint and an ExactNumber (its toJSON) cause a TypeError. A circular reference does too, and fails again below.
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
 * Converts decimal digits (`007`, `.5`, `1e3`) to a number if it prints the same value, else to a bigint or an
 * ExactNumber.
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

/** Returns the double that prints the number with up to 17 digits; undefined if a double would change the number. */
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

/** Returns whether the double prints the same value. A whole number must keep its digits: `1e+21` counts as changed. */
function isHeld(text: string): boolean {
  const double = Number(text);
  if (!Number.isFinite(double)) return false;
  const printed = String(double);
  return printed === text || (/[.eE]/.test(text) && plainDigits(printed) === plainDigits(text));
}

const NUMBER = /^(-?)0*(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Returns the sign, the digits without outer zeros, and the power of ten: equal for texts with the same value. */
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

/** Replaces each number that a double would change by a marked text. It runs for every parse, so it is one pass. */
function markInexact(text: string): string {
  let marked = '';
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if (code !== MINUS && (code < ZERO || code > NINE)) at += 1;
    else {
      // A double holds up to 15 digits without an exponent exactly, except -0.
      let suspect = code === MINUS && text.charCodeAt(at + 1) === ZERO;
      let end = at + 1;
      for (; end < text.length; end += 1) {
        const inside = text.charCodeAt(end);
        if ((inside >= ZERO && inside <= NINE) || inside === 0x2e) continue;
        // Only e, E and the sign after them still belong to the number. The e of `true` does not.
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

/** Returns the offset after the closing quote of the string that starts at `from`. */
function endOfText(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
}
