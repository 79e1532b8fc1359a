/** A cell of a workbook that holds no value: an error such as `#N/A`, or a formula whose result was not saved. */
export class BadCell {
  /** @param error empty for a formula without a result */
  constructor(readonly error: string) {}

  /** After the name of the cell or field. */
  get why(): string {
    return this.error === ''
      ? 'is a formula without a saved result: open the workbook in a spreadsheet, save it, and bring it again'
      : `holds the Excel error ${this.error}, which is no value: correct it in the workbook`;
  }
}

/** No text has this character by right. It keeps bad cells apart from text where a workbook is stored as a CSV. */
const MARK = '\uffff';

export const markedText = (cell: BadCell): string => MARK + cell.error;

/** The bad cell that a stored text stands for. */
export const badCellOf = (cell: unknown): BadCell | undefined =>
  typeof cell === 'string' && cell.startsWith(MARK) ? new BadCell(cell.slice(1)) : undefined;

/** A row that could not be read, as the one cell that keeps its place. */
export const markedRow = (issue: string): string => MARK + MARK + issue;

/** What is wrong with the row that begins with this cell. */
export const unreadRow = (cell: unknown): string | undefined =>
  typeof cell === 'string' && cell.startsWith(MARK + MARK) ? cell.slice(2) : undefined;

/** What the sheet shows in a cell: the error's name, or nothing. */
export const shownCell = <T>(cell: T): T | string => badCellOf(cell)?.error ?? cell;
