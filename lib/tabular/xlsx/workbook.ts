import { posix } from 'node:path';
import { TabularError } from '@/lib/tabular/row';
import type { Archive } from './archive';
import { type Shown, shownBy } from './dates';
import { unescapeText } from './escape';
import { readXml } from './xml';

export interface Sheet {
  name: string;
  part: string;
  hidden: boolean;
  /** the workbook lists charts, dialogs and macros as sheets too */
  kind: 'table' | 'other';
}

export interface Workbook {
  /** in workbook order */
  sheets: Sheet[];
  since1904: boolean;
  /** by style index: how its numbers are displayed */
  shows: Shown[];
}

const MAX_SHEETS = 1000;

/** Reads the entries that describe the sheets. @throws TabularError `corrupt-file`, `unsupported` */
export async function readWorkbook(archive: Archive): Promise<Workbook> {
  const folder = 'xl';
  const workbook = await archive.stream(`${folder}/workbook.xml`);
  if (!workbook) {
    throw new TabularError('corrupt-file', 'The file is no XLSX spreadsheet: it has no workbook.');
  }
  const found: { name: string; id: string; hidden: boolean }[] = [];
  let since1904 = false;
  await readXml(workbook, {
    open: (name, attributes) => {
      if (name === 'workbookPr') since1904 = isTrue(attributes.date1904);
      if (name !== 'sheet' || found.length >= MAX_SHEETS) return;
      const hidden = attributes.state === 'hidden' || attributes.state === 'veryHidden';
      found.push({ name: attributes.name ?? '', id: attributes['r:id'] ?? idOf(attributes), hidden });
    },
  });
  const targets = new Map<string, Pick<Sheet, 'part' | 'kind'>>();
  await readXml(await archive.stream(`${folder}/_rels/workbook.xml.rels`), {
    open: (name, { Id, Target, Type }) => {
      if (name !== 'Relationship' || !Id || !Target) return;
      const part = Target.startsWith('/') ? Target.slice(1) : posix.join(folder, Target);
      targets.set(Id, {
        part,
        kind: /\/(?:chart|dialog|macro|xlMacro|xlIntlMacro)sheet$/i.test(Type ?? '') ? 'other' : 'table',
      });
    },
  });
  const sheets = found.flatMap(({ name, id, hidden }) => {
    const target = targets.get(id);
    return target && archive.entries.has(target.part) ? [{ name, hidden, ...target }] : [];
  });
  if (sheets.length === 0) throw new TabularError('corrupt-file', 'The spreadsheet has no sheet that can be read.');
  return { sheets, since1904, shows: await readStyles(archive, folder) };
}

const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true';

/** Returns the relationship id under any namespace prefix. */
const idOf = (attributes: Readonly<Record<string, string>>): string =>
  Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? '';

const MAX_STYLES = 100_000;

async function readStyles(archive: Archive, folder: string): Promise<Shown[]> {
  const codes = new Map<number, string>();
  const shows: Shown[] = [];
  let inCells = false;
  await readXml(await archive.stream(`${folder}/styles.xml`), {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells && shows.length < MAX_STYLES) {
        const id = Number(attributes.numFmtId ?? 0);
        shows.push(shownBy(id, codes.get(id)));
      }
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return shows;
}

/** The maximum characters of shared strings in memory. */
const MAX_SHARED = 128 * 1024 ** 2;

/** Reads the shared strings, which cells reference by index. @throws TabularError `too-large` */
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
