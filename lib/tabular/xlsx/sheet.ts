import type { Readable } from 'node:stream';
import { BadCell } from '@/lib/tabular/bad-cell';
import type { RawRow } from '@/lib/tabular/raw-row';
import { TabularError } from '@/lib/tabular/row';
import { isoCell, type Shown, serialText } from './dates';
import { unescapeText } from './escape';
import type { Workbook } from './workbook';
import { parseXml } from './xml';

/** The limit of the format. */
export const SHEET_LIMITS = { rows: 1_048_576, columns: 16_384 };

interface Cell {
  column: number;
  type: string;
  style: number;
  text: string;
  formula: boolean;
  /** whether the cell has a value element, even an empty one */
  valued: boolean;
}

/**
 * Reads the rows of a sheet: cells from column A on, null for an empty one. A formula cell has its last computed value.
 * @param maxText maximum characters of a row; a longer one is bad
 */
export async function* sheetRows(
  stream: Readable,
  { shows, since1904 }: Workbook,
  shared: readonly string[],
  maxText: number,
): AsyncGenerator<RawRow> {
  let ready: RawRow[] = [];
  let at = 0;
  let rows = 0;
  let cells: unknown[] = [];
  let size = 0;
  let cell: Cell | undefined;
  let inValue = false;
  let phonetic = false;
  const handlers = {
    open: (name: string, attributes: Readonly<Record<string, string>>) => {
      if (name === 'c') {
        const column = attributes.r ? columnOf(attributes.r) : cells.length;
        if (column >= SHEET_LIMITS.columns) throw tooWide();
        cell = {
          column,
          type: attributes.t ?? 'n',
          style: Number(attributes.s ?? 0),
          text: '',
          formula: false,
          valued: false,
        };
      } else if (name === 'v' || name === 't') {
        inValue = true;
        if (cell) cell.valued = true;
      } else if (name === 'f' && cell) cell.formula = true;
      else if (name === 'rPh') phonetic = true;
      else if (name === 'row') {
        cells = [];
        size = 0;
        at = Math.max(at + 1, Number(attributes.r ?? 0) || 0);
      }
    },
    text: (text: string) => {
      if (!inValue || phonetic || !cell) return;
      size += text.length;
      if (size <= maxText) cell.text += text;
    },
    close: (name: string) => {
      if (name === 'v' || name === 't') inValue = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'c' && cell) {
        while (cells.length < cell.column) cells.push(null);
        const value = valueOfCell(cell, shared, shows[cell.style], since1904);
        if (cell.type === 's' && typeof value === 'string') size += value.length;
        cells[cell.column] = value;
        cell = undefined;
      } else if (name === 'row') {
        rows += 1;
        if (rows > SHEET_LIMITS.rows) throw new TabularError('too-large', 'The sheet has more rows than XLSX allows.');
        ready.push(
          size > maxText ? { at, bad: `is longer than ${maxText.toLocaleString('en')} characters` } : { at, cells },
        );
      }
    },
  };
  for await (const _ of parseXml(stream, handlers)) {
    void _;
    yield* ready;
    ready = [];
  }
}

const tooWide = () => new TabularError('too-many-columns', 'The sheet has more columns than XLSX allows.');

/** Converts a cell reference to a column number: `AB12` → 27. */
function columnOf(reference: string): number {
  let column = 0;
  for (let i = 0; i < reference.length; i++) {
    const code = reference.charCodeAt(i);
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
    if (column > SHEET_LIMITS.columns) throw tooWide();
  }
  return Math.max(0, column - 1);
}

function valueOfCell(
  { type, text, formula, valued }: Cell,
  shared: readonly string[],
  shown: Shown | undefined,
  since1904: boolean,
): unknown {
  // A formula with an empty text as its result has the type `str`.
  if (formula && text === '' && !(type === 'str' && valued)) return new BadCell('');
  switch (type) {
    case 's':
      return shared[Number(text)] ?? null;
    case 'b':
      return text === '1' || text === 'true';
    case 'str':
    case 'inlineStr':
      return unescapeText(text);
    case 'e':
      return new BadCell(text || '#ERROR');
    case 'd':
      return isoCell(text);
    default: {
      if (text.trim() === '') return null;
      const number = Number(text);
      if (!Number.isFinite(number)) return text;
      if (shown && shown.as !== 'number') return serialText(number, shown, since1904) ?? number;
      // Other programs write more digits than a double has.
      return Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(text) ? text : number;
    }
  }
}
