import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIN_PASSWORD_LENGTH } from '@/lib/contracts/bounds';
import { DomainError } from '@/lib/domain/errors';

/** Sorted 4-byte hashes of known passwords; scripts/breached-passwords.mjs writes the file and names its source. */
let breached: Buffer | undefined;

const BYTES = 4;
/** characters that must be left without the words that anyone would guess; a number counts as one */
const MIN_REST = 4;
const MIN_UNIT = 8;
const MIN_JUMPS = 6;
const MIN_DIFFERENT = 5;
const GUESSED = [
  ...['password', 'passwort', 'passw0rd', 'qwerty', 'qwertz', 'azerty', 'admin', 'administrator', 'welcome', 'letmein'],
  ...['changeme', 'secret', 'login', 'iloveyou', 'batchyard', 'spring', 'summer', 'autumn', 'winter'],
];
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
];

const fold = (password: string): string => password.normalize('NFKC').toLowerCase();

/** Returns whether the password is among those that leaked most often. */
function isBreached(folded: string): boolean {
  // Next.js bundles the dashboard, so the path starts from the project root.
  breached ??= readFileSync(join(process.cwd(), 'lib/domain/auth/breached-passwords.bin'));
  const hash = createHash('sha256').update(folded).digest().readUInt32BE(0);
  let [low, high] = [0, breached.length / BYTES];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = breached.readUInt32BE(middle * BYTES);
    if (found === hash) return true;
    if (found < hash) low = middle + 1;
    else high = middle;
  }
  return false;
}

/** Returns the shortest text that, repeated, is the password: `abc` for `abcabcabcabc`. */
function unitOf(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    const unit = text.slice(0, length);
    if (unit.repeat(Math.ceil(text.length / length)).startsWith(text)) return unit;
  }
  return text;
}

/** Returns how many characters are not the neighbor, in an alphabet or on a keyboard, of the character before. */
function countJumps(text: string): number {
  const steps = [...text].map((character, i) => {
    const before = text[i - 1];
    return (
      before !== undefined && ROWS.some((row) => row.includes(before + character) || row.includes(character + before))
    );
  });
  return steps.filter((isStep) => !isStep).length;
}

function withoutWords(text: string, words: readonly string[]): string {
  const longestFirst = words.filter((word) => word.length >= 4).sort((a, b) => b.length - a.length);
  return longestFirst.reduce((rest, word) => rest.replaceAll(word, ''), text);
}

/** The words that belong to a user: parts of the name and of the e-mail address. */
const wordsOf = (user: { email: string; name?: string | undefined }): string[] =>
  fold(`${user.email} ${user.name ?? ''}`).split(/[^\p{L}\p{N}]+/u);

/**
 * Returns why a new password is too easy to guess; null if it is not. Length is all that is required of a password
 * that does not appear in lists and patterns, as NIST SP 800-63B recommends.
 */
export function passwordFault(password: string, user: { email: string; name?: string | undefined }): string | null {
  const folded = fold(password);
  if ([...folded].length < MIN_PASSWORD_LENGTH) return `must have at least ${MIN_PASSWORD_LENGTH} characters`;
  if (isBreached(folded)) return 'is one of the passwords that became known most often: choose another';
  if (new Set(folded).size < MIN_DIFFERENT) return `must have at least ${MIN_DIFFERENT} different characters`;
  if ([...unitOf(folded)].length < MIN_UNIT) return 'repeats a short text: choose another';
  if (countJumps(folded) < MIN_JUMPS) return 'follows the alphabet or the keyboard: choose another';
  const rest = withoutWords(folded, [...GUESSED, ...wordsOf(user)])
    .replaceAll(/\p{N}+/gu, '0')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  if (rest.length < MIN_REST) return 'is made of words that others would guess for you: add some of your own';
  return null;
}

/** @throws DomainError `invalid-data` that names the field, if the password is too easy to guess */
export function requireGoodPassword(
  password: string,
  user: { email: string; name?: string | undefined },
  path = 'newPassword',
): void {
  const message = passwordFault(password, user);
  if (message) throw new DomainError('invalid-data', `The password ${message}.`, { errors: [{ path, message }] });
}
