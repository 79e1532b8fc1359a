import { posix } from 'node:path';
import { TabularError } from '@/lib/tabular/row';
import type { Archive } from './archive';
import { isDateFormat } from './dates';
import { unescapeText } from './escape';
import { readXml } from './xml';

export interface Workbook {
  /** names of the sheets, in their order */
  sheets: { name: string; part: string }[];
  since1904: boolean;
  /** by style index: whether its numbers are dates */
  dates: boolean[];
}

const MAX_SHEETS = 1000;

/** What the parts around the sheets say. @throws TabularError `corrupt-file`, `unsupported` */
export async function readWorkbook(archive: Archive): Promise<Workbook> {
  const folder = 'xl';
  const workbook = await archive.stream(`${folder}/workbook.xml`);
  if (!workbook) {
    throw new TabularError('corrupt-file', 'The file is no XLSX spreadsheet: it has no workbook.');
  }
  const found: { name: string; id: string }[] = [];
  let since1904 = false;
  await readXml(workbook, {
    open: (name, attributes) => {
      if (name === 'workbookPr') since1904 = isTrue(attributes.date1904);
      if (name !== 'sheet' || found.length >= MAX_SHEETS) return;
      found.push({ name: attributes.name ?? '', id: attributes['r:id'] ?? idOf(attributes) });
    },
  });
  const targets = new Map<string, string>();
  await readXml(await archive.stream(`${folder}/_rels/workbook.xml.rels`), {
    open: (name, { Id, Target }) => {
      if (name !== 'Relationship' || !Id || !Target) return;
      targets.set(Id, Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target));
    },
  });
  const sheets = found.flatMap(({ name, id }) => {
    const part = targets.get(id);
    return part && archive.entries.has(part) ? [{ name, part }] : [];
  });
  if (sheets.length === 0) throw new TabularError('corrupt-file', 'The spreadsheet has no sheet that can be read.');
  return { sheets, since1904, dates: await readStyles(archive, folder) };
}

const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true';

/** The relationship's id under whatever prefix its namespace has. */
const idOf = (attributes: Readonly<Record<string, string>>): string =>
  Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? '';

const MAX_STYLES = 100_000;

async function readStyles(archive: Archive, folder: string): Promise<boolean[]> {
  const codes = new Map<number, string>();
  const dates: boolean[] = [];
  let inCells = false;
  await readXml(await archive.stream(`${folder}/styles.xml`), {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells && dates.length < MAX_STYLES) {
        const id = Number(attributes.numFmtId ?? 0);
        dates.push(isDateFormat(id, codes.get(id)));
      }
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return dates;
}

/** Characters of shared texts that are kept in memory. */
const MAX_SHARED = 128 * 1024 ** 2;

/** The texts that cells refer to by number. @throws TabularError `too-large` */
export async function readSharedStrings(archive: Archive): Promise<string[]> {
  const strings: string[] = [];
  let open = '';
  let inText = false;
  let phonetic = false;
  let size = 0;
  await readXml(await archive.stream('xl/sharedStrings.xml'), {
    open: (name) => {
      if (name === 'si') open = '';
      else if (name === 't') inText = true;
      else if (name === 'rPh') phonetic = true;
    },
    text: (text) => {
      if (inText && !phonetic) open += text;
    },
    close: (name) => {
      if (name === 't') inText = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'si') {
        size += open.length + 16;
        if (size > MAX_SHARED) {
          throw new TabularError('too-large', 'The spreadsheet holds more than 128 MB of text. Save it as CSV.');
        }
        strings.push(unescapeText(open));
      }
    },
  });
  return strings;
}
