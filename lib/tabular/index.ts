export { BadCell, badCellOf, markedRow, markedText, shownCell, unreadRow } from './bad-cell';
export { cellText } from './blocks';
export { cutCell } from './cut-cell';
export { guardCell, unguardCell } from './guard';
export { LeftOutTally } from './left-out';
export { readRows } from './read-rows';
export { sheetNames, xlsxRows } from './read-xlsx';
export {
  type ReadOptions,
  type ReadRow,
  TabularError,
  type TabularFormat,
  type Values,
} from './row';
export { csvLine } from './write-csv';
export { type Column, type ColumnType, type WriteOptions, writeRows } from './write-rows';
