import { Archive } from '@/workers/processors/document-processing/archive';
import { readHtml } from '@/workers/processors/document-processing/parse-html';
import {
  Blocks,
  notRead,
  type Parse,
  type ReadPart,
  type Remark,
} from '@/workers/processors/document-processing/parsed';
import { officeText } from './office-text';
import { readRelations, relationsOf } from './relations';

const MAIN = 'word/document.xml';

/** Parses DOCX: the body with notes, then headers, footers, comments and embedded documents. */
export const parseDocx: Parse = async (bytes, _options, readPart) => {
  const parts = await unpack(await Archive.open(bytes));
  const { default: mammoth } = await import('mammoth');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { value } = await mammoth.convertToHtml(
    { buffer },
    { convertImage: mammoth.images.imgElement(async () => ({ src: '' })), externalFileAccess: false },
  );
  const body = await readHtml(value);
  const blocks = new Blocks();
  for (const { text, heading } of body.blocks) blocks.add(text, heading);
  for (const text of await leftOut(parts.get(mainOf(parts)), body.blocks)) blocks.add(text);
  const remarks = await readAround(parts, blocks, readPart);
  const title = body.blocks.find(({ heading }) => heading === 1)?.text;
  return { format: 'docx', title, blocks: blocks.list, remarks };
};

/** Measures all XML while unpacking it, because mammoth unpacks without a limit. */
async function unpack(archive: Archive): Promise<Map<string, Uint8Array>> {
  const parts = new Map<string, Uint8Array>();
  for (const name of archive.names(/\.(xml|rels|html?|mht|txt|rtf|docx)$/i)) {
    const part = await archive.read(name);
    if (part) parts.set(name, part);
  }
  return parts;
}

const mainOf = (parts: ReadonlyMap<string, Uint8Array>): string =>
  [...parts.keys()].find((name) => /^word\/document\d*\.xml$/.test(name)) ?? MAIN;

const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');
const MOST_LINES = 2000;

/** Returns lines of the body that mammoth omits, such as text with ruby annotations. */
async function leftOut(xml: Uint8Array | undefined, given: readonly { text: string }[]): Promise<string[]> {
  const [own] = await officeText(xml, 'document');
  const all = lettersOf(given.map(({ text }) => text).join(''));
  if (!own || lettersOf(own.text).length <= all.length) return [];
  const lines = own.text.split('\n').filter((line) => lettersOf(line) !== '');
  return lines.slice(0, MOST_LINES).filter((line) => !line.split(' | ').every((cell) => all.includes(lettersOf(cell))));
}

const SAYS: Readonly<Record<string, string>> = { header: 'Header', footer: 'Footer' };

async function readAround(
  parts: ReadonlyMap<string, Uint8Array>,
  blocks: Blocks,
  readPart: ReadPart,
): Promise<Remark[]> {
  const main = mainOf(parts);
  const relations = await readRelations(main, parts.get(relationsOf(main)));
  const said = new Set<string>();
  const remarks: Remark[] = [];
  const lost: string[] = [];
  for (const { kind, target } of relations) {
    const part = parts.get(target);
    if (kind === 'aFChunk') {
      remarks.push(...(await readPart(part ?? new Uint8Array(), target, blocks)));
    } else if (kind === 'header' || kind === 'footer' || kind === 'comments' || kind === 'diagramData') {
      for (const { text, role } of await officeText(part, kind === 'comments' ? 'comment' : kind)) {
        const prefix = kind === 'comments' ? `Comment${role && ` (${role})`}` : SAYS[kind];
        const whole = prefix ? `${prefix}: ${text}` : text;
        if (!said.has(whole)) blocks.add(whole);
        said.add(whole);
      }
    } else if (kind === 'chart') lost.push('a chart');
    else if (kind === 'package' || kind === 'oleObject') lost.push(`an embedded file (${target.split('/').at(-1)})`);
  }
  if (Buffer.from(parts.get(main) ?? []).includes('<m:t>')) lost.push('formulas');
  if (lost.length > 0) remarks.push(notRead(lost));
  return remarks;
}
