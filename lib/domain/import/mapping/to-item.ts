import { AddressError } from '@/lib/contracts/address';
import { cellOf } from '@/lib/contracts/cell';
import type { FieldSource, ImportProblem, Mapping } from '@/lib/contracts/import';
import { toIssues } from '@/lib/contracts/issues';
import { parseTemplate, renderTemplate } from '@/lib/contracts/template';
import type { Cells, SourceRow } from '@/lib/domain/import/reading/source-row';
import { itemFromCsv } from '@/lib/domain/job/item-from-csv';
import type { JobType } from '@/lib/job-types/catalogue';
import { checkInput } from '@/lib/job-types/check-input';
import { badCellOf } from '@/lib/tabular/bad-cell';

/** A row converted to a valid item, or its issues. */
export type MappedRow = { data: unknown } | { problems: ImportProblem[] };

type Fill = (cells: Cells) => unknown;

/** Returns the value of a field; undefined for an empty cell. @throws BadCellError, AddressError */
function filler(source: FieldSource): Fill {
  switch (source.from) {
    case 'column':
      return (cells) => {
        const cell = valueIn(cells, source.column);
        return cell === '' || cell === null ? undefined : cell;
      };
    case 'constant':
      return () => (source.value === '' ? undefined : source.value);
    case 'template': {
      const parts = parseTemplate(source.template);
      return (cells) => {
        for (const part of parts) if ('column' in part) valueIn(cells, part.column);
        return renderTemplate(parts, cells) || undefined;
      };
    }
    case 'row':
      return (cells) => {
        for (const column of Object.keys(cells)) valueIn(cells, column);
        return { ...cells };
      };
  }
}

class BadCellError extends Error {
  constructor(
    message: string,
    readonly column: string,
  ) {
    super(message);
  }
}

/** A workbook cell without a value cannot fill a field. */
function valueIn(cells: Cells, column: string): unknown {
  const cell = cellOf(cells, column);
  const bad = badCellOf(cell);
  if (bad) throw new BadCellError(bad.why, column);
  return cell;
}

const MAX_PROBLEMS = 20;

/** Maps cells to an item, which is not yet validated. */
export function draftMaker(type: JobType, mapping: Mapping): (cells: Cells) => unknown {
  const fromCells = itemFromCsv(type);
  const fillers = Object.entries(mapping).map(([path, source]) => ({ path, fill: filler(source) }));
  return (cells) => {
    const flat: Record<string, unknown> = {};
    for (const { path, fill } of fillers) {
      const value = filled(path, fill, cells);
      if (value === undefined) continue;
      if (holdsNul(value)) throw new CellError(path, 'must not contain NUL characters');
      flat[path] = value;
    }
    return nested(fromCells(flat));
  };
}

function filled(path: string, fill: Fill, cells: Cells): unknown {
  try {
    return fill(cells);
  } catch (error) {
    if (error instanceof BadCellError || error instanceof AddressError)
      throw new CellError(path, error.message, error.column);
    throw error;
  }
}

/** Cells that cannot fill a field. */
export class CellError extends Error {
  constructor(
    readonly path: string,
    message: string,
    /** the column that causes the error; undefined: the one that is mapped to the field */
    readonly column?: string,
  ) {
    super(message);
  }
}

/** Maps rows to items and validates them. Cells are converted to the types of the schema. */
export function itemMaker(type: JobType, mapping: Mapping): (row: SourceRow) => MappedRow {
  const draft = draftMaker(type, mapping);
  const problem = (path: string, message: string): ImportProblem => ({
    path,
    message,
    column: columnOf(mapping, path),
  });
  const read = (cells: Cells): unknown => {
    try {
      return draft(cells);
    } catch (error) {
      if (error instanceof CellError) return error;
      throw error;
    }
  };
  return (row) => {
    if ('broken' in row) return { problems: [{ path: '', message: row.broken, column: null }] };
    const made = read(row.cells);
    if (made instanceof CellError) {
      const { path, message, column } = made;
      return { problems: [{ ...problem(path, message), ...(column === undefined ? {} : { column }) }] };
    }
    const parsed = checkInput(type, made);
    if (parsed.success) return { data: parsed.data };
    const issues = toIssues(parsed.error).slice(0, MAX_PROBLEMS);
    return { problems: issues.map(({ path, message }) => problem(path, message)) };
  };
}

/** Returns the column of an issue at `path`: the one of that field or of an enclosing field. */
export function columnOf(mapping: Mapping, path: string): string | null {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const source = mapping[at];
    if (source?.from === 'column') return source.column;
    if (source?.from === 'template') {
      const [named] = parseTemplate(source.template).flatMap((part) => ('column' in part ? [part.column] : []));
      return named ?? null;
    }
    if (source) return null;
    if (!at.includes('.')) return null;
  }
  return null;
}

/** Postgres cannot store NUL in text. */
export function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => key.includes('\u0000') || holdsNul(inner));
}

/** `{ 'a.b': 1 }` → `{ a: { b: 1 } }` */
function nested(flat: unknown): unknown {
  if (typeof flat !== 'object' || flat === null || Array.isArray(flat)) return flat;
  const item: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(flat)) {
    const keys = path.split('.');
    let at = item;
    for (const key of keys.slice(0, -1)) {
      const inner = Object.hasOwn(at, key) ? at[key] : undefined;
      if (typeof inner === 'object' && inner !== null) at = inner as Record<string, unknown>;
      else {
        const made: Record<string, unknown> = {};
        at[key] = made;
        at = made;
      }
    }
    at[keys.at(-1) ?? path] = value;
  }
  return item;
}
