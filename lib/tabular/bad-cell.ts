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

/** A noncharacter that marks bad cells where a workbook is stored as a CSV. */
const MARK = '\uffff';

export const markedText = (cell: BadCell): string => MARK + cell.error;

/** The bad cell that a stored text stands for. */
export const badCellOf = (cell: unknown): BadCell | undefined =>
  typeof cell === 'string' && cell.startsWith(MARK) ? new BadCell(cell.slice(1)) : undefined;

/** The one cell that stands for a row that could not be read. */
export const markedRow = (issue: string): string => MARK + MARK + issue;

/** Why the row that begins with this cell could not be read; undefined when it could. */
export const unreadRow = (cell: unknown): string | undefined =>
  typeof cell === 'string' && cell.startsWith(MARK + MARK) ? cell.slice(2) : undefined;

/** The text that the sheet shows for a bad cell: the error's name, or nothing. */
export const shownCell = <T>(cell: T): T | string => badCellOf(cell)?.error ?? cell;
