import { Archive } from '@/workers/processors/document-processing/archive';
import { readHtml } from '@/workers/processors/document-processing/parse-html';
import { Blocks, type Parse } from '@/workers/processors/document-processing/parsed';
import { type Attributes, readXml } from '@/workers/processors/document-processing/xml';

const DROPPED = new Set([
  'tracked-changes',
  'forms',
  'scripts',
  'binary-data',
  'index-title-template',
  'note-citation',
]);
/** Fields that change with each page, and the authors and dates of comments. */
const FIELDS = new Set(['page-number', 'page-count', 'date']);
const TAGS: Readonly<Record<string, string>> = {
  p: 'p',
  list: 'ul',
  'list-item': 'li',
  table: 'table',
  'table-row': 'tr',
  'table-cell': 'td',
  section: 'section',
};

/** Parses ODT and ODP: paragraphs, headings, lists, tables, notes and comments, then headers and footers. */
const parseOdf =
  (format: 'odt' | 'odp'): Parse =>
  async (bytes) => {
    const archive = await Archive.open(bytes);
    const blocks = new Blocks();
    const body = await readHtml(await asHtml(await archive.read('content.xml'), () => true));
    for (const { text, heading } of body.blocks) blocks.add(text, heading);
    const styles = await archive.read('styles.xml');
    const margins = await readHtml(await asHtml(styles, (name) => /^(header|footer)/.test(name)));
    for (const { text } of margins.blocks) blocks.add(text);
    const title = await titleOf(await archive.read('meta.xml'));
    return { format, title: title ?? blocks.list.find(({ heading }) => heading === 1)?.text, blocks: blocks.list };
  };

export const parseOdt = parseOdf('odt');
export const parseOdp = parseOdf('odp');

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** Maps the structure to HTML elements, so that the HTML parser groups the text. */
async function asHtml(xml: Uint8Array | undefined, begins: (name: string) => boolean): Promise<string> {
  const html: string[] = [];
  const closing: string[] = [];
  let dropped = 0;
  let inside = 0;
  await readXml(xml, {
    open: (name, attributes) => {
      if (inside > 0 || begins(name)) inside++;
      if (dropped > 0 || DROPPED.has(name) || FIELDS.has(name)) dropped++;
      const [tag, end] = inside > 0 && dropped === 0 ? tagsOf(name, attributes) : ['', ''];
      html.push(tag);
      closing.push(end);
    },
    text: (piece) => {
      if (inside > 0 && dropped === 0) html.push(escaped(piece));
    },
    close: () => {
      html.push(closing.pop() ?? '');
      dropped = Math.max(0, dropped - 1);
      inside = Math.max(0, inside - 1);
    },
  });
  return html.join('');
}

function tagsOf(name: string, attributes: Attributes): [open: string, close: string] {
  const tag = TAGS[name];
  if (tag) return [`<${tag}>`, `</${tag}>`];
  if (name === 'h') {
    const level = Math.min(6, Math.max(1, Number(attributes['outline-level']) || 1));
    return [`<h${level}>`, `</h${level}>`];
  }
  if (name === 'frame' && attributes['presentation:class'] === 'title') return ['<h1>', '</h1>'];
  if (name === 's') return [' ', ''];
  if (name === 'tab') return [' ', ''];
  if (name === 'line-break') return ['<br>', ''];
  if (name === 'annotation') return ['<div>Comment: ', '</div>'];
  if (name === 'notes') return ['<div>Notes: ', '</div>'];
  if (name === 'note-body') return [' (', ') '];
  return ['', ''];
}

async function titleOf(meta: Uint8Array | undefined): Promise<string | undefined> {
  let title = '';
  let open = false;
  await readXml(meta, {
    open: (name) => {
      open = name === 'title';
    },
    text: (piece) => {
      if (open) title += piece;
    },
    close: () => {
      open = false;
    },
  });
  return title.trim() || undefined;
}
