import { crc32, deflateRawSync } from 'node:zlib';

type Cell = string | number | { formula: string; value: number };

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** Makes a workbook of one sheet named Table. */
export const makeXlsx = (rows: readonly (readonly Cell[])[]): Buffer => makeWorkbook(sheetXml(rows));

/** Makes the same workbook with any XML as its sheet. */
export function makeWorkbook(sheet: string | Buffer): Buffer {
  return zip({
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets><sheet name="Table" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': sheet,
  });
}

interface BookSheet {
  /** as XML */
  rows: string;
  state?: 'hidden' | 'veryHidden';
  kind?: 'chartsheet';
}

/**
 * Makes a workbook of sheets S0, S1, … Styles: 1 day, 2 time, 3 duration, 4 time with fractions, 5 timestamp, 6
 * percent.
 */
export function makeBook(sheets: readonly BookSheet[], workbookPr = ''): Buffer {
  const each = (write: (sheet: BookSheet, i: number) => string) => sheets.map(write).join('');
  const parts: Record<string, string> = {
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">${workbookPr}<sheets>${each(({ state = 'visible' }, i) => `<sheet name="S${i}" state="${state}" r:id="r${i}"/>`)}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${each(({ kind = 'worksheet' }, i) => `<Relationship Id="r${i}" Type="${RELATIONS}/${kind}" Target="s${i}.xml"/>`)}</Relationships>`,
    'xl/styles.xml':
      '<s><numFmts><numFmt numFmtId="170" formatCode="[h]:mm:ss"/><numFmt numFmtId="171" formatCode="h:mm:ss.000"/></numFmts><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="21"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="22"/><xf numFmtId="10"/></cellXfs></s>',
  };
  for (const [i, { rows }] of sheets.entries()) {
    parts[`xl/s${i}.xml`] = `<worksheet><sheetData>${rows}</sheetData></worksheet>`;
  }
  return zip(parts);
}

function sheetXml(rows: readonly (readonly Cell[])[]): string {
  const lines = rows.map((cells) => `<row>${cells.map(cellXml).join('')}</row>`);
  return `${XML}<worksheet xmlns="${MAIN}"><sheetData>${lines.join('')}</sheetData></worksheet>`;
}

function cellXml(cell: Cell): string {
  if (typeof cell === 'number') return `<c><v>${cell}</v></c>`;
  if (typeof cell === 'object') return `<c><f>${cell.formula}</f><v>${cell.value}</v></c>`;
  return `<c t="inlineStr"><is><t>${cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</t></is></c>`;
}

/** Makes a deflated ZIP archive of small files. */
function zip(parts: Record<string, string | Buffer>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const plain = Buffer.from(content);
    const packed = deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    bodies.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(parts).length, 4);
  end.writeUInt16LE(Object.keys(parts).length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, list, Buffer.from('PK\x05\x06'), end]);
}
