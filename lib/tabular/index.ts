export { cellText } from './blocks';
export { readRows } from './read-rows';
export { sheetNames } from './read-xlsx';
export {
  READ_LIMITS,
  type ReadOptions,
  type ReadRow,
  TABULAR_FORMATS,
  TabularError,
  type TabularFormat,
  type Values,
} from './row';
export { csvLine } from './write-csv';
export { COLUMN_TYPES, type Column, type ColumnType, type WriteOptions, writeRows } from './write-rows';
