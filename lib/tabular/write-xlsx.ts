import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { cellText } from '@/lib/contracts/cell';
import { inBlocks } from './blocks';
import { cutCell, MAX_CELL } from './cell-guards';
import { TabularError, type Values } from './row';
import { type Column, requireColumns, type WriteOptions } from './write-options';
import { dateSerial } from './xlsx/dates';
import { escapeXml } from './xlsx/escape';
import { SHEET_LIMITS } from './xlsx/sheet';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Indexes of `cellXfs` below. */
const STYLE = { header: 1, day: 2, moment: 3 };

const FONT = (bold: string) => `<font>${bold}<sz val="11"/><name val="Calibri"/><family val="2"/></font>`;
const FILLS = ['none', 'gray125'].map((type) => `<fill><patternFill patternType="${type}"/></fill>`).join('');
const XF = (attributes: string) => `<xf ${attributes} fillId="0" borderId="0" xfId="0"/>`;

/** Styles. Excel and openpyxl refuse a file without these fills and fonts. */
const STYLES = `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2">${FONT('')}${FONT('<b/>')}</fonts><fills count="2">${FILLS}</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">${XF('numFmtId="0" fontId="0"')}${XF('numFmtId="0" fontId="1" applyFont="1"')}${XF('numFmtId="164" fontId="0" applyNumberFormat="1"')}${XF('numFmtId="165" fontId="0" applyNumberFormat="1"')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

/** The first entry of the file: readers recognize the format by it. */
const ROOT_RELATIONS = `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

const sheetPart = (index: number): string => `xl/worksheets/sheet${index + 1}.xml`;

/** The entries that list the sheets. They are written last, when all sheets are known. */
function workbookParts(sheets: readonly string[]): Record<string, string> {
  const each = (write: (name: string, index: number) => string) => sheets.map(write).join('');
  const last = sheets.length + 1;
  return {
    'xl/workbook.xml': `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><bookViews><workbookView/></bookViews><sheets>${each((name, i) => `<sheet name="${escapeXml(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${each((_, i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`)}<Relationship Id="rId${last}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    '[Content_Types].xml': `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET}.sheet.main+xml"/>${each((_, i) => `<Override PartName="/${sheetPart(i)}" ContentType="${SHEET}.worksheet+xml"/>`)}<Override PartName="/xl/styles.xml" ContentType="${SHEET}.styles+xml"/></Types>`,
  };
}

/** Truncated cells. They are reported to the caller and listed in a separate sheet. */
interface Notes {
  lines: string[];
  more: number;
  onIssue: WriteOptions['onIssue'];
}

const MAX_NOTES = 10_000;
const NOTES_SHEET = 'Notes';

/**
 * Streams a zipped spreadsheet. Text cells are never formulas. Cells that are too long are truncated and listed in a
 * second sheet.
 * @throws TabularError `too-many-rows` beyond the 1,048,576 rows that the format allows
 */
export async function* writeXlsx(rows: AsyncIterable<Values>, options: WriteOptions): AsyncGenerator<Uint8Array> {
  const columns = requireColumns(options);
  if (columns.length > SHEET_LIMITS.columns) {
    throw new TabularError('too-many-columns', `XLSX allows ${SHEET_LIMITS.columns.toLocaleString('en')} columns.`);
  }
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const notes: Notes = { lines: [], more: 0, onIssue: options.onIssue };
  const sheet = Readable.from(inBlocks(sheetXml(rows, columns, notes)), { objectMode: true });
  // yazl does not forward the error of an entry to the reader of the archive.
  sheet.on('error', (error) => output.destroy(error));
  zip.on('error', (error) => output.destroy(error as Error));
  const add = (name: string, xml: string) => zip.addBuffer(Buffer.from(xml), name);
  add('_rels/.rels', ROOT_RELATIONS);
  add('xl/styles.xml', STYLES);
  zip.addReadStream(sheet, sheetPart(0));
  sheet.on('end', () => {
    const names = [sheetName(options.sheet)];
    if (notes.lines.length > 0) {
      add(sheetPart(1), notesXml(notes));
      names.push(names[0] === NOTES_SHEET ? `${NOTES_SHEET} 2` : NOTES_SHEET);
    }
    for (const [name, xml] of Object.entries(workbookParts(names))) add(name, xml);
    zip.end();
  });
  try {
    yield* output as AsyncIterable<Uint8Array>;
  } finally {
    sheet.destroy();
  }
}

/** Sheet names have at most 31 characters, without these; Excel reserves one name. */
const sheetName = (name = 'Rows'): string => {
  const allowed = name
    .replace(/[[\]:*?/\\'\p{Cc}]/gu, ' ')
    .slice(0, 31)
    .trim();
  return allowed === '' || allowed.toLowerCase() === 'history' ? 'Rows' : allowed;
};

async function* sheetXml(
  rows: AsyncIterable<Values>,
  columns: readonly Column[],
  notes: Notes,
): AsyncGenerator<string> {
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
  const refs = columns.map((_, i) => columnLetters(i));
  yield `<row r="1">${columns.map(({ name }, i) => textCell(`${refs[i]}1`, cutCell(name), STYLE.header)).join('')}</row>`;
  let row = 0;
  for await (const values of rows) {
    row += 1;
    if (row >= SHEET_LIMITS.rows) {
      throw new TabularError('too-many-rows', 'XLSX allows 1,048,575 rows below the header. Write CSV, or fewer rows.');
    }
    const cells = columns.map((column, i) => cellXml(`${refs[i]}${row + 1}`, values[column.name], column, row, notes));
    yield `<row r="${row + 1}">${cells.join('')}</row>`;
  }
  yield '</sheetData></worksheet>';
}

function cellXml(ref: string, value: unknown, column: Column, row: number, notes: Notes): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'number' && Number.isFinite(value)) return `<c r="${ref}"><v>${value}</v></c>`;
  if (typeof value === 'boolean') return `<c r="${ref}" t="b"><v>${value ? 1 : 0}</v></c>`;
  const text = cellText(value);
  const date = column.type === 'date' ? dateSerial(text) : undefined;
  if (date) return `<c r="${ref}" s="${date.whole ? STYLE.day : STYLE.moment}"><v>${date.serial}</v></c>`;
  if (text.length > MAX_CELL) noteCut(notes, ref, column.name.slice(0, 100), row, text.length);
  return textCell(ref, cutCell(text));
}

function noteCut(notes: Notes, ref: string, column: string, row: number, length: number): void {
  notes.onIssue?.(row, `${column} was cut to 32,767 characters, the most that XLSX allows`);
  if (notes.lines.length >= MAX_NOTES) notes.more += 1;
  else notes.lines.push(`Cell ${ref} (${column}) has ${length.toLocaleString('en')} characters and was cut.`);
}

function notesXml({ lines, more }: Notes): string {
  const said = [
    'Not everything fits in this workbook: a cell of XLSX holds 32,767 characters. CSV and JSONL hold all of them.',
    ...lines,
    ...(more > 0 ? [`${more.toLocaleString('en')} more cells were cut.`] : []),
  ];
  const rows = said.map((line, i) => `<row r="${i + 1}">${textCell(`A${i + 1}`, line)}</row>`);
  return `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${rows.join('')}</sheetData></worksheet>`;
}

const textCell = (ref: string, text: string, style?: number): string =>
  `<c r="${ref}" t="inlineStr"${style === undefined ? '' : ` s="${style}"`}><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`;

/** Converts a column number to letters: 27 → `AB`. */
function columnLetters(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest > 0 ? columnLetters(rest - 1) : '') + String.fromCharCode(65 + (index % 26));
}
