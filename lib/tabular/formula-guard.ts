/** What a spreadsheet may run as a formula, after any apostrophes: its sign, also full-width and after blanks. */
const RISKY = /^'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;

/** A number or a phone number: no letter, so nothing that could call, read or send. */
const NUMERIC = /^[+-][\d\s.,()/-]*(?:\d[eE][+-]?\d+)?\s?%?$/;

/**
 * Text that no spreadsheet runs: an apostrophe before what begins like a formula, and before such an apostrophe.
 * Numbers (`-5.00`) and phone numbers (`+49 151 …`) stay unchanged, so that an exported file can be used like the uploaded one.
 */
export const guardCell = (text: string): string => (RISKY.test(text) && !NUMERIC.test(text) ? `'${text}` : text);

/** The text that `guardCell` was called with. */
export const unguardCell = (text: string): string => (text.startsWith("'") && RISKY.test(text) ? text.slice(1) : text);
