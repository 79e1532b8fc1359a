import type { FieldSource, ImportIssueDto, Mapping } from '@/lib/contracts/import';
import { REDACTED } from '@/lib/contracts/redaction-paths';
import type { Door } from '@/lib/domain/redaction/door';
import type { Cells } from './reading/source-row';

/** Whether a column becomes a part of a field. */
const feeds = (source: FieldSource, column: string): boolean =>
  (source.from === 'column' && source.column === column) ||
  (source.from === 'template' && source.template.includes(column)) ||
  source.from === 'row';

/** Returns the cells of a table as the caller sees them: a cell is hidden if a field that it becomes is. */
export function cellsAt<T extends Cells | null>(door: Door, mapping: Mapping, cells: T): T | Cells {
  if (!cells || door.level === 'full') return cells;
  const hidden = Object.entries(mapping).filter(([field]) => door.hidesField(field));
  return Object.fromEntries(
    Object.entries(cells).map(([column, cell]) => {
      const isHidden = door.hidesField(column) || hidden.some(([, source]) => feeds(source, column));
      return [column, isHidden && cell !== '' && cell !== null ? REDACTED : door.anyValue(cell)];
    }),
  );
}

/** Returns a mapping as the caller sees it. A constant is a value of every item. */
export function mappingAt(door: Door, mapping: Mapping): Mapping {
  if (door.level === 'full') return mapping;
  return Object.fromEntries(
    Object.entries(mapping).map(([field, source]) => {
      if (source.from !== 'constant') return [field, source];
      return [field, { ...source, value: door.hidesField(field) ? REDACTED : door.message(source.value) }];
    }),
  );
}

/** Returns wrong rows as the caller sees them. Messages may repeat cells. */
export const issueAt = <T extends Pick<ImportIssueDto, 'problems' | 'cells'>>(
  door: Door,
  mapping: Mapping,
  issue: T,
): T => ({
  ...issue,
  problems: issue.problems.map((problem) => ({ ...problem, message: door.message(problem.message) })),
  cells: cellsAt(door, mapping, issue.cells),
});
