/** The maximum characters in an XLSX cell. */
export const MAX_CELL = 32_767;

/** Truncates text that is too long for an XLSX cell, and appends a note with its original length. */
export function cutCell(text: string): string {
  if (text.length <= MAX_CELL) return text;
  const mark = ` … [cut: ${text.length.toLocaleString('en')} characters, a cell of XLSX holds ${MAX_CELL.toLocaleString('en')}]`;
  // The cut must not split a surrogate pair.
  return text.slice(0, MAX_CELL - mark.length).replace(/[\ud800-\udbff]$/, '') + mark;
}
