/** Characters that a cell of XLSX can hold. */
export const MAX_CELL = 32_767;

/** A text as a cell of XLSX can hold it. One that is too long ends in a mark that says so. */
export function cutCell(text: string): string {
  if (text.length <= MAX_CELL) return text;
  const mark = ` … [cut: ${text.length.toLocaleString('en')} characters, a cell of XLSX holds ${MAX_CELL.toLocaleString('en')}]`;
  // Half of a character outside of the basic plane would be none.
  return text.slice(0, MAX_CELL - mark.length).replace(/[\ud800-\udbff]$/, '') + mark;
}
