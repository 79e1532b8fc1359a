import { Marked } from 'marked';
import { declaredEncoding, decodeText } from '@/workers/processors/encoding/decode-text';
import { readHtml } from './parse-html';
import { Blocks, type Parse } from './parsed';
import { readXml } from './xml';

/** Parses plain text: empty lines separate paragraphs. */
export const parseText: Parse = async (bytes, options) => {
  const { text, encoding, remarks } = await decodeText(bytes, { given: options.encoding });
  return { format: 'text', blocks: paragraphsOf(text), encoding, remarks };
};

/** Splits text without markup into paragraphs. */
function paragraphsOf(text: string) {
  const blocks = new Blocks();
  for (const paragraph of text.split(/\r?\n(?:[^\S\n]*\r?\n)+/)) blocks.add(paragraph);
  return blocks.list;
}

/** Elements of drawings and stylesheets without readable text. */
const DROPPED = new Set(['script', 'style', 'metadata', 'defs']);
const BLANK = /^\s*$/;

/** Parses XML and SVG: the text between the tags, one block for each element that directly contains text. */
export const parseXml: Parse = async (bytes, options) => {
  const written = { given: options.encoding, declared: declaredEncoding(bytes) };
  const { text, encoding, remarks } = await decodeText(bytes, written);
  const blocks = new Blocks();
  let format: 'xml' | 'svg' | undefined;
  let title = '';
  let dropped = 0;
  let open: string[] = [];
  let words = '';
  const flush = () => {
    if (!BLANK.test(words)) blocks.add(words.replace(/\s+/g, ' '));
    words = '';
  };
  await readXml(text, {
    open: (name) => {
      format ??= name === 'svg' ? 'svg' : 'xml';
      if (format === 'svg' && DROPPED.has(name)) dropped++;
      open.push(name);
    },
    text: (piece) => {
      if (dropped === 0) words += piece;
      if (dropped === 0 && open.at(-1) === 'title') title += piece;
    },
    close: (name) => {
      if (format === 'svg' && DROPPED.has(name)) dropped = Math.max(0, dropped - 1);
      open = open.slice(0, -1);
      if (name !== 'tspan') flush();
    },
  });
  flush();
  return { format: format ?? 'xml', title: title.trim() || undefined, blocks: blocks.list, encoding, remarks };
};

const FRONT_MATTER = /^---[^\S\n]*\n([\s\S]{0,20000}?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|$)/;
const FRONT_TITLE = /^title:[^\S\n]*(["']?)(.{1,300}?)\1[^\S\n]*$/m;

const marked = new Marked({ gfm: true, async: false });

/** Parses Markdown: renders it and parses the HTML, so that entities, tables and inline HTML are handled. */
export const parseMarkdown: Parse = async (bytes, options) => {
  const { text, encoding, remarks } = await decodeText(bytes, { given: options.encoding });
  const about = { format: 'markdown', encoding, remarks } as const;
  const source = text.replace(/\r\n?/g, '\n');
  const front = FRONT_MATTER.exec(source);
  const body = front ? source.slice(front[0].length) : source;
  const html = render(body);
  if (html === undefined) return { ...about, blocks: paragraphsOf(text) };
  const { blocks } = await readHtml(html);
  const title = FRONT_TITLE.exec(front?.[1] ?? '')?.[2] ?? blocks.find(({ heading }) => heading !== undefined)?.text;
  return { ...about, title, blocks };
};

/** Returns undefined for Markdown that is nested too deeply to render. Its plain text can still be read. */
function render(source: string): string | undefined {
  try {
    return marked.parse(source, { async: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
