/** A cell of a workbook that holds no value: an error such as `#N/A`, or a formula whose result was not saved. */
export class BadCell {
  /** @param error empty for a formula without a result */
  constructor(readonly error: string) {}

  /** The reason, as a phrase that follows the name of the cell or field. */
  get why(): string {
    return this.error === ''
      ? 'is a formula without a saved result: open the workbook in a spreadsheet, save it, and upload it again'
      : `holds the Excel error ${this.error}, which is no value: correct it in the workbook`;
  }
}

/** A noncharacter that marks bad cells in a worksheet that is stored as CSV. */
const MARK = '\uffff';

export const markedText = (cell: BadCell): string => MARK + cell.error;

/** Parses a stored text into its bad cell. */
export const badCellOf = (cell: unknown): BadCell | undefined =>
  typeof cell === 'string' && cell.startsWith(MARK) ? new BadCell(cell.slice(1)) : undefined;

/** A cell that represents a row that could not be read. */
export const markedRow = (issue: string): string => MARK + MARK + issue;

/** Returns why the row that starts with this cell could not be read, or undefined if it could. */
export const unreadRow = (cell: unknown): string | undefined =>
  typeof cell === 'string' && cell.startsWith(MARK + MARK) ? cell.slice(2) : undefined;

/** Returns the text that the sheet shows for a bad cell: the error's name, or empty text. */
export const shownCell = <T>(cell: T): T | string => badCellOf(cell)?.error ?? cell;
