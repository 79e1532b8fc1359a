import { declaredEncoding, decodeText } from '@/workers/processors/encoding/decode-text';
import { Blocks, type Parse } from './parsed';
import { readXml } from './xml';

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
