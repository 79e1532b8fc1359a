/** Characters that a cell of XLSX can hold. */
export const MAX_CELL = 32_767;

/** A text that fits into a cell of XLSX. One that is too long is cut and ends with a note of its length. */
export function cutCell(text: string): string {
  if (text.length <= MAX_CELL) return text;
  const mark = ` … [cut: ${text.length.toLocaleString('en')} characters, a cell of XLSX holds ${MAX_CELL.toLocaleString('en')}]`;
  // A cut must not leave half of a surrogate pair.
  return text.slice(0, MAX_CELL - mark.length).replace(/[\ud800-\udbff]$/, '') + mark;
}
