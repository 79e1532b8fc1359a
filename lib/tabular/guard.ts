/** What a spreadsheet may run, after any apostrophes: a sign of a formula, also full-width and behind blanks. */
const RISKY = /^'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;

/** A number or a phone number: no letter, so nothing that could call, read or send. */
const NUMERIC = /^[+-][\d\s.,()/-]*(?:\d[eE][+-]?\d+)?\s?%?$/;

/**
 * Text that no spreadsheet runs: an apostrophe before what begins like a formula, and before such an apostrophe.
 * Numbers (`-5.00`) and phone numbers (`+49 151 …`) stay as they are, so that a file can be used as it was brought.
 */
export const guardCell = (text: string): string => (RISKY.test(text) && !NUMERIC.test(text) ? `'${text}` : text);

/** What `guardCell` was given. */
export const unguardCell = (text: string): string => (text.startsWith("'") && RISKY.test(text) ? text.slice(1) : text);
