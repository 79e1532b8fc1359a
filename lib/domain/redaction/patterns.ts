import { REDACTED, type RedactionPattern } from '@/lib/contracts/redaction-paths';

interface Pattern {
  /** finds candidates; its quantifiers are bounded, so that a search takes linear time. A group precedes the match. */
  candidate: RegExp;
  /** how many characters of a candidate are to be hidden; 0 = it is something else */
  lengthOf(candidate: string): number;
  /** how many characters of such a candidate the search skips; 1 by default */
  skippedLength?(candidate: string): number;
}

/** Characters that are searched without a pause. */
const CHUNK = 64 * 1024;
/** Characters of the longest candidate, and of what precedes it. */
const LONGEST = 1024;
const BEFORE = 64;

/** Returns the longest beginning of a candidate that ends at a group and passes a check; 0 if none does. */
function longestGroups(candidate: string, passes: (groups: string) => boolean): number {
  for (let end = candidate.length; end > 0; end = candidate.slice(0, end - 1).search(/[ -][^ -]*$/)) {
    if (passes(candidate.slice(0, end).replaceAll(/[ -]/g, ''))) return end;
  }
  return 0;
}

/** Returns whether some groups in a row are a card number. */
function holdsCard(candidate: string): boolean {
  const groups = candidate.split(/[ -]/);
  return groups.some((_, first) => {
    let digits = '';
    for (const group of groups.slice(first, first + MAX_CARD)) {
      digits += group;
      if (digits.length > MAX_CARD) return false;
      if (isCard(digits)) return true;
    }
    return false;
  });
}

const MAX_CARD = 19;

/** The check digit of card numbers (Luhn). */
function isCard(digits: string): boolean {
  if (digits.length < 13 || digits.length > MAX_CARD) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The check digits of account numbers: the rest of a division by 97 is 1. */
function isIban(text: string): boolean {
  if (text.length < 15 || text.length > 34) return false;
  let rest = 0;
  for (const sign of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Dates, addresses of the network and decimals consist of digits and signs too. */
const NO_PHONE = /^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}|\d{1,3}(?:\.\d{1,3}){3}$|\d+\.\d+$)/;

function isPhone(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '').length;
  if (digits < 7 || digits > 15 || NO_PHONE.test(text)) return false;
  return /^(?:\+|0|\()/.test(text) || (text.match(/[ ()./-]+/g)?.length ?? 0) >= 2;
}

const PATTERNS: Record<RedactionPattern, Pattern> = {
  email: {
    // The search begins at the sign, because each letter of a long text could begin an address.
    candidate: /(?<=([\p{L}\p{N}._%+'-]{1,64}))@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
    lengthOf: (candidate) => candidate.length,
  },
  iban: {
    candidate: /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}/g,
    lengthOf: (candidate) => longestGroups(candidate, isIban),
  },
  card: {
    candidate: /(?<!\d)\d(?:[ -]?\d){12,60}(?!\d)/g,
    // All groups are hidden: which of them are the number can be a matter of chance.
    lengthOf: (candidate) => (holdsCard(candidate) ? candidate.length : 0),
    skippedLength: (candidate) => candidate.length,
  },
  phone: {
    candidate: /(?<![\w-])(?:\+|00)?\(?\d(?:[ ()./-]{0,3}\d){6,16}(?![\w-])/g,
    lengthOf: (candidate) => (isPhone(candidate) ? candidate.length : 0),
    skippedLength: (candidate) => NO_PHONE.exec(candidate)?.[0].length ?? candidate.length,
  },
};

/** The order matters: a card number could also be read as a telephone number. */
const ORDER: RedactionPattern[] = ['email', 'iban', 'card', 'phone'];

/** Hides what the patterns find. It yields between the parts of a long text, so that the caller can pause. */
export function* redactText(text: string, patterns: readonly RedactionPattern[]): Generator<void, string> {
  let redacted = text;
  for (const kind of ORDER) if (patterns.includes(kind)) redacted = yield* hideEach(redacted, PATTERNS[kind]);
  return redacted;
}

function* hideEach(text: string, { candidate, lengthOf, skippedLength = () => 1 }: Pattern): Generator<void, string> {
  const parts: string[] = [];
  let copied = 0;
  for (let from = 0; from < text.length; from += CHUNK) {
    // Patterns also read what precedes a match.
    const base = Math.max(0, from - BEFORE);
    const part = text.slice(base, from + CHUNK + LONGEST);
    candidate.lastIndex = Math.max(from, copied) - base;
    for (let found = candidate.exec(part); found; found = candidate.exec(part)) {
      const start = base + found.index;
      if (start >= from + CHUNK) break;
      const length = lengthOf(found[0]);
      if (length > 0) {
        parts.push(text.slice(copied, Math.max(copied, start - (found[1]?.length ?? 0))), REDACTED);
        copied = start + length;
      }
      candidate.lastIndex = found.index + (length > 0 ? length : skippedLength(found[0]));
    }
    yield;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(copied);
}

/**
 * The same for Postgres, for names: expressions that find every text in which a pattern hides something, and some more. A
 * name with nothing but a day among its digits has no telephone number.
 */
const LIKELY: Record<RedactionPattern, string> = {
  email: '@',
  iban: '[A-Za-z]{2}\\d{2}([ -]?[A-Za-z0-9]){11}',
  card: '\\d([ -]?\\d){12}',
  phone: '^(?![^\\d+(]*\\d{4}[-./]\\d{1,2}[-./]\\d{1,2}\\D*$).*\\d([ ()./-]{0,3}\\d){6}',
};

/** Returns a regular expression of Postgres that every text matches in which one of the patterns hides something. */
export const likelyHidden = (patterns: readonly RedactionPattern[]): string | null =>
  patterns.length === 0 ? null : patterns.map((pattern) => `(${LIKELY[pattern]})`).join('|');
