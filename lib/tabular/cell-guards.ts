/** The maximum characters in an XLSX cell. */
export const MAX_CELL = 32_767;

/** Truncates text that is too long for an XLSX cell, and appends a note with its original length. */
export function cutCell(text: string): string {
  if (text.length <= MAX_CELL) return text;
  const mark = ` … [cut: ${text.length.toLocaleString('en')} characters, a cell of XLSX holds ${MAX_CELL.toLocaleString('en')}]`;
  // The cut must not split a surrogate pair.
  return text.slice(0, MAX_CELL - mark.length).replace(/[\ud800-\udbff]$/, '') + mark;
}

/** The start of text that a spreadsheet may run as a formula: apostrophes, blanks, then a sign, also full-width. */
const RISKY = /^'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;

/** A number or phone number: without letters it cannot call a function. */
const NUMERIC = /^[+-][\d\s.,()/-]*(?:\d[eE][+-]?\d+)?\s?%?$/;

/**
 * Adds an apostrophe before text that a spreadsheet would run as a formula, and before text already escaped like this.
 * Numbers (`-5.00`) and phone numbers (`+49 151 …`) stay unchanged, for a lossless export.
 */
export const guardCell = (text: string): string => (RISKY.test(text) && !NUMERIC.test(text) ? `'${text}` : text);

/** Reverses `guardCell`. */
export const unguardCell = (text: string): string => (text.startsWith("'") && RISKY.test(text) ? text.slice(1) : text);
