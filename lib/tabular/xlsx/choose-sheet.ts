import { isBlank } from '@/lib/tabular/raw-row';
import { type ChosenSheet, TabularError } from '@/lib/tabular/row';
import type { Archive } from './archive';
import { sheetRows } from './sheet';
import type { Sheet, Workbook } from './workbook';

const MAX_ROW = 1024 ** 2;

/**
 * Returns the sheet with the given name, else the first visible one that has cells.
 * @throws TabularError `unsupported` for an unknown name or a chart; `no-rows` if no sheet has cells
 */
export async function chooseSheet(
  archive: Archive,
  workbook: Workbook,
  shared: readonly string[],
  wanted?: string,
): Promise<{ sheet: Sheet; chosen: ChosenSheet }> {
  const tables = workbook.sheets.filter(({ kind }) => kind === 'table');
  const sheets = tables.map(({ name }) => name);
  if (wanted !== undefined) {
    const sheet = workbook.sheets.find(({ name }) => name === wanted);
    if (sheet?.kind !== 'table') throw noSuchSheet(wanted, sheets, sheet);
    const remarks = sheet.hidden ? [`The sheet ${quoted(sheet.name)} is hidden.`] : [];
    return { sheet, chosen: { name: sheet.name, sheets, remarks } };
  }
  const empty: Sheet[] = [];
  for (const sheet of tables.filter(({ hidden }) => !hidden)) {
    if (!(await hasCells(archive, workbook, shared, sheet))) {
      empty.push(sheet);
      continue;
    }
    return { sheet, chosen: { name: sheet.name, sheets, remarks: remarksOf(workbook, sheet, empty) } };
  }
  throw new TabularError('no-rows', nothingIn(tables, workbook.sheets));
}

async function hasCells(
  archive: Archive,
  workbook: Workbook,
  shared: readonly string[],
  { part }: Sheet,
): Promise<boolean> {
  const stream = await archive.stream(part);
  if (!stream) return false;
  for await (const row of sheetRows(stream, workbook, shared, MAX_ROW)) {
    if ('bad' in row || !row.cells.every(isBlank)) return true;
  }
  return false;
}

const quoted = (name: string): string => `“${name.slice(0, 100)}”`;
const listed = (sheets: readonly { name: string }[]): string =>
  sheets
    .slice(0, 20)
    .map(({ name }) => quoted(name))
    .join(', ');

function remarksOf({ sheets }: Workbook, chosen: Sheet, empty: readonly Sheet[]): string[] {
  const hidden = sheets.filter((sheet) => sheet.hidden && sheet.kind === 'table');
  const before = sheets.slice(0, sheets.indexOf(chosen));
  const charts = before.filter(({ kind }) => kind !== 'table');
  const left = [
    ...(hidden.length > 0 ? [`${listed(hidden)} (hidden)`] : []),
    ...(charts.length > 0 ? [`${listed(charts)} (no table: a chart or a macro sheet)`] : []),
    ...(empty.length > 0 ? [`${listed(empty)} (empty)`] : []),
  ];
  return left.length > 0 ? [`The sheet ${quoted(chosen.name)} is read. Not read: ${left.join(', ')}.`] : [];
}

function noSuchSheet(wanted: string, sheets: readonly string[], found: Sheet | undefined): TabularError {
  const there = sheets.length > 0 ? `there are ${listed(sheets.map((name) => ({ name })))}` : 'there is none';
  return new TabularError(
    'unsupported',
    found
      ? `${quoted(wanted)} is a chart or a macro sheet, which holds no table; ${there}.`
      : `There is no sheet named ${quoted(wanted)}; ${there}.`,
  );
}

function nothingIn(tables: readonly Sheet[], all: readonly Sheet[]): string {
  const hidden = tables.filter((sheet) => sheet.hidden);
  if (tables.length === 0) return `The workbook has no sheet with cells, only ${listed(all)}.`;
  if (hidden.length === tables.length) {
    return `All sheets with cells are hidden: ${listed(hidden)}. Name the one that is meant.`;
  }
  const shown = tables.filter((sheet) => !sheet.hidden);
  const what = shown.length === 1 ? `The sheet ${listed(shown)} is` : `The sheets ${listed(shown)} are`;
  return `${what} empty: no cell holds a value.${hidden.length > 0 ? ` Hidden are ${listed(hidden)}.` : ''}`;
}
