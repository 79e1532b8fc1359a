import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { cellText, inBlocks } from './blocks';
import { TabularError, type Values } from './row';
import { requireColumns } from './write-csv';
import type { Column, WriteOptions } from './write-rows';
import { dateSerial } from './xlsx/dates';
import { SHEET_LIMITS } from './xlsx/sheet';

const MAX_CELL = 32_767;
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const parts = (sheet: string): Record<string, string> => ({
  '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEET}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEET}.styles+xml"/></Types>`,
  '_rels/.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${escapeXml(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
  'xl/styles.xml': `<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font/><font><b/></font></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`,
});
const STYLE = { header: 1, day: 2, moment: 3 };

/**
 * A spreadsheet with one sheet, zipped as its rows come. Text is always text: nothing in a cell is ever a formula.
 * @throws TabularError `too-many-rows` beyond the 1,048,576 rows that the format allows
 */
export async function* writeXlsx(rows: AsyncIterable<Values>, options: WriteOptions): AsyncGenerator<Uint8Array> {
  const columns = requireColumns(options);
  if (columns.length > SHEET_LIMITS.columns) {
    throw new TabularError('too-many-columns', `XLSX allows ${SHEET_LIMITS.columns} columns.`);
  }
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const sheet = Readable.from(inBlocks(sheetXml(rows, columns, options)), { objectMode: true });
  // yazl only says that a part failed; the reader of the archive must hear it too.
  sheet.on('error', (error) => output.destroy(error));
  zip.on('error', (error) => output.destroy(error as Error));
  for (const [name, xml] of Object.entries(parts(sheetName(options.sheet))))
    zip.addBuffer(Buffer.from(HEAD + xml), name);
  zip.addReadStream(sheet, 'xl/worksheets/sheet1.xml');
  zip.end();
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } finally {
    sheet.destroy();
  }
}

/** Names of sheets allow 31 characters, and not these. */
const sheetName = (name = 'Rows'): string =>
  name
    .replace(/[[\]:*?/\\']/g, ' ')
    .trim()
    .slice(0, 31) || 'Rows';

async function* sheetXml(
  rows: AsyncIterable<Values>,
  columns: readonly Column[],
  options: WriteOptions,
): AsyncGenerator<string> {
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
  const refs = columns.map((_, i) => columnLetters(i));
  yield `<row r="1">${columns.map(({ name }, i) => textCell(`${refs[i]}1`, name.slice(0, MAX_CELL), STYLE.header)).join('')}</row>`;
  let row = 0;
  for await (const values of rows) {
    row += 1;
    if (row >= SHEET_LIMITS.rows) {
      throw new TabularError('too-many-rows', 'XLSX allows 1,048,575 rows below the header. Write CSV, or fewer rows.');
    }
    const cells = columns.map((column, i) =>
      cellXml(`${refs[i]}${row + 1}`, values[column.name], column, row, options),
    );
    yield `<row r="${row + 1}">${cells.join('')}</row>`;
  }
  yield '</sheetData></worksheet>';
}

function cellXml(ref: string, value: unknown, column: Column, row: number, options: WriteOptions): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'number' && Number.isFinite(value)) return `<c r="${ref}"><v>${value}</v></c>`;
  if (typeof value === 'boolean') return `<c r="${ref}" t="b"><v>${value ? 1 : 0}</v></c>`;
  const text = cellText(value);
  const date = column.type === 'date' ? dateSerial(text) : undefined;
  if (date) return `<c r="${ref}" s="${date.whole ? STYLE.day : STYLE.moment}"><v>${date.serial}</v></c>`;
  if (text.length <= MAX_CELL) return textCell(ref, text);
  options.onIssue?.(row, `${column.name.slice(0, 100)} was cut to 32,767 characters, the most that XLSX allows`);
  return textCell(ref, text.slice(0, MAX_CELL));
}

const textCell = (ref: string, text: string, style?: number): string =>
  `<c r="${ref}" t="inlineStr"${style === undefined ? '' : ` s="${style}"`}><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for XML; what XML can't hold is written as spreadsheets do, `_x0001_`. */
const escapeXml = (text: string): string =>
  text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(
      /[\0-\x08\x0b-\x1f\ufffe\uffff]|\p{Cs}/gu,
      (c) => `_x${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    )
    .replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c);

/** 27 → `AB`. */
function columnLetters(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest > 0 ? columnLetters(rest - 1) : '') + String.fromCharCode(65 + (index % 26));
}
