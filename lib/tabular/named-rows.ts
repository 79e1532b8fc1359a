import { cellText } from '@/lib/contracts/cell';
import { BadCell } from './bad-cell';
import { findHeader, HEADER_SAMPLE } from './find-header';
import { filledOf, isBlank, isEmpty, type RawRow, spanOf } from './raw-row';
import { columnNames, READ_LIMITS, type ReadOptions, type ReadRow, TabularError, type Values } from './row';

/** How a file format lays out its rows. */
interface Shape {
  /** cells that are missing at the end of a row are empty, because a sheet does not store them */
  pad: boolean;
  /** the value of an empty cell */
  empty: null | '';
  /** returns another reason why the cells of a row are bad */
  check?: (cells: readonly unknown[]) => string | undefined;
}

/** A block with more rows than this is not a note under the table. */
const MOST_NOTES = 20;

/**
 * Returns rows with cells by column name. Rows above the header, blank rows, and notes under the table are skipped and
 * reported by `onLeftOut`. A row that does not fit is an issue with its cells.
 * @throws TabularError `no-header` if `headerRow` is not in the file; `too-many-columns`
 */
export async function* namedRows(
  rows: AsyncIterable<RawRow>,
  options: ReadOptions,
  shape: Shape,
): AsyncGenerator<ReadRow> {
  const table = new Table(options, shape);
  let held: Extract<RawRow, { cells: unknown[] }>[] = [];
  let last = 0;
  for await (const raw of fromHeader(rows, options)) {
    options.signal?.throwIfAborted();
    const follows = raw.at === last + 1;
    last = raw.at;
    // A sheet may have rows with formatting but no values.
    if (shape.pad && 'cells' in raw && raw.cells.every(isEmpty)) continue;
    if ('cells' in raw && !options.everyRow) {
      if (raw.cells.every(isBlank)) {
        table.skip();
        last = 0;
        options.onLeftOut?.({ why: 'blank', at: raw.at, text: '' });
        continue;
      }
      if ((held.length > 0 || !follows) && held.length < MOST_NOTES && table.isNote(raw.cells)) {
        held.push(raw);
        continue;
      }
    }
    for (const each of held) yield* table.read(each);
    held = [];
    yield* table.read(raw);
  }
  for (const { at, cells } of held) options.onLeftOut?.({ why: 'below', at, text: textOf(cells) });
  if (!table.columns && options.headerRow !== undefined) {
    throw new TabularError('no-header', `There is no row ${options.headerRow} to name the columns.`);
  }
}

/** Returns the rows from the header on. Rows above it are reported and skipped. */
async function* fromHeader(rows: AsyncIterable<RawRow>, options: ReadOptions): AsyncGenerator<RawRow> {
  const { header = true, onLeftOut } = options;
  let first: RawRow[] | undefined = header && options.findHeader && options.headerRow === undefined ? [] : undefined;
  let headerRow = header ? (options.headerRow ?? 0) : 0;
  const above = (raw: RawRow): boolean => {
    if (raw.at >= headerRow) return false;
    onLeftOut?.({ why: 'above', at: raw.at, text: 'cells' in raw ? textOf(raw.cells) : '' });
    return true;
  };
  const decide = (sample: RawRow[]) => {
    headerRow = headerAt(sample);
    first = undefined;
    return sample;
  };
  let size = 0;
  for await (const raw of rows) {
    if (first) {
      first.push(raw);
      size += sizeOf(raw);
      if (first.length < HEADER_SAMPLE && size < SAMPLE_CHARACTERS) continue;
      for (const each of decide(first)) if (!above(each)) yield each;
    } else if (!above(raw)) yield raw;
  }
  if (first) for (const each of decide(first)) if (!above(each)) yield each;
}

const SAMPLE_CHARACTERS = 1024 ** 2;
const sizeOf = (raw: RawRow): number =>
  'cells' in raw ? raw.cells.reduce<number>((sum, cell) => sum + (typeof cell === 'string' ? cell.length : 8), 0) : 0;

/** Finds the number of the header row among the first rows. */
function headerAt(sample: readonly RawRow[]): number {
  const read = sample.flatMap((raw) => ('cells' in raw && !raw.cells.every(isBlank) ? [raw] : []));
  return read[findHeader(read.map(({ cells }) => cells.map(cellText)))]?.at ?? 0;
}

const textOf = (cells: readonly unknown[]): string =>
  cells
    .filter((cell) => !isBlank(cell))
    .map(cellText)
    .join(' ')
    .slice(0, 200);

class Table {
  columns: string[] | undefined;
  row = 0;
  /** the columns of the header; `columns` may have more */
  #header: string[] = [];

  constructor(
    readonly options: ReadOptions,
    readonly shape: Shape,
  ) {}

  /** Whether only one cell of a row is filled, in a table of several columns. */
  isNote = (cells: readonly unknown[]): boolean =>
    this.row > 0 && (this.columns?.length ?? 0) > 1 && filledOf(cells) === 1 && !isBlank(cells[0]);

  /** Skips a row. The numbers of later rows do not change. */
  skip(): void {
    if (this.columns) this.row += 1;
  }

  *read(raw: RawRow): Generator<ReadRow> {
    if (!this.columns && 'cells' in raw) {
      this.#begin(raw.cells, raw.at);
      if (this.options.header ?? true) {
        this.options.onHeader?.(raw.at);
        return;
      }
    }
    this.row += 1;
    yield 'bad' in raw ? { row: this.row, issue: raw.bad } : this.#fromCells(raw.cells);
  }

  #begin(cells: readonly unknown[], at: number): void {
    const { header = true, headerRow = at } = this.options;
    if (header && at !== headerRow) {
      throw new TabularError('no-header', `Row ${headerRow} can’t name the columns: it is blank. Row ${at} is not.`);
    }
    const width = this.shape.pad ? spanOf(cells) : cells.length;
    this.#header = Array.from({ length: width }, (_, i) => (header ? cellText(textOfName(cells[i])) : ''));
    this.columns = this.#names(width);
    this.options.onColumns?.(this.columns);
  }

  #names(width: number): string[] {
    const names = [...this.#header, ...Array.from({ length: width - this.#header.length }, () => '')];
    return columnNames(names, this.#mostColumns);
  }

  get #mostColumns(): number {
    return this.options.maxColumns ?? READ_LIMITS.maxColumns;
  }

  #fromCells(cells: readonly unknown[]): ReadRow {
    const { options, columns = [] } = this;
    const { length: width } = this.#header;
    const span = this.shape.pad ? Math.max(width, cells.findLastIndex((cell) => !isEmpty(cell)) + 1) : cells.length;
    if (span < width) return this.#misfit(cells, columns, span);
    if (span === width) return this.#checked(cells);
    const names = span > columns.length ? this.#names(Math.min(span, this.#mostColumns)) : columns;
    if (!options.extend || span > names.length) return this.#misfit(cells, names, span);
    if (names.length > columns.length) options.onExtended?.(names.slice(columns.length));
    this.columns = names;
    return this.#checked(cells);
  }

  #checked(cells: readonly unknown[]): ReadRow {
    const { row, options } = this;
    const wrong = this.shape.check?.(cells);
    if (wrong) return { row, issue: wrong };
    const values: [string, unknown][] = [];
    for (const [i, name] of (this.columns ?? []).entries()) {
      const cell = cells[i] ?? this.shape.empty;
      if (!(cell instanceof BadCell)) values.push([name, cell]);
      else if (options.onBadCell) {
        options.onBadCell(row, name, cell);
        values.push([name, null]);
      } else return { row, issue: `${name.slice(0, 100)} ${cell.why}` };
    }
    return { row, values: Object.fromEntries(values) };
  }

  #misfit(cells: readonly unknown[], names: readonly string[], span: number): ReadRow {
    const { length: width } = this.#header;
    const what = (this.options.header ?? true) ? 'the header' : 'the first row';
    const cellsOf: Values = Object.fromEntries(
      names.flatMap((name, i) => (i < cells.length ? [[name, cells[i] ?? this.shape.empty]] : [])),
    );
    return { row: this.row, issue: `has ${counted(span)}, ${what} has ${width}`, cells: cellsOf };
  }
}

const textOfName = (cell: unknown): unknown => (cell instanceof BadCell ? '' : cell);

const counted = (cells: number): string => (cells === 1 ? '1 cell' : `${cells} cells`);
