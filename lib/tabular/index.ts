export { cellText } from './blocks';
export { readRows } from './read-rows';
export { sheetNames } from './read-xlsx';
export {
  type ReadOptions,
  type ReadRow,
  TabularError,
  type TabularFormat,
  type Values,
} from './row';
export { type Column, type ColumnType, type WriteOptions, writeRows } from './write-rows';
