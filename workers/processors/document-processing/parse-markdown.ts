import { Marked } from 'marked';
import { decodeText } from '@/workers/processors/encoding/decode-text';
import { readHtml } from './parse-html';
import { paragraphsOf } from './parse-text';
import type { Parse } from './parsed';

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
