export { cellText } from './blocks';
export { cutCell } from './cut-cell';
export { guardCell, unguardCell } from './guard';
export { readRows } from './read-rows';
export { sheetNames } from './read-xlsx';
export {
  type ReadOptions,
  type ReadRow,
  TabularError,
  type TabularFormat,
  type Values,
} from './row';
export { csvLine } from './write-csv';
export { type Column, type ColumnType, type WriteOptions, writeRows } from './write-rows';
