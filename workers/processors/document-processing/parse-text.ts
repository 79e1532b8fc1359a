import { decodeText } from '@/workers/processors/encoding/decode-text';
import { Blocks, type Parse } from './parsed';

/** Parses plain text: empty lines separate paragraphs. */
export const parseText: Parse = async (bytes, options) => {
  const { text, encoding, remarks } = await decodeText(bytes, { given: options.encoding });
  return { format: 'text', blocks: paragraphsOf(text), encoding, remarks };
};

/** Splits text without markup into paragraphs. */
export function paragraphsOf(text: string) {
  const blocks = new Blocks();
  for (const paragraph of text.split(/\r?\n(?:[^\S\n]*\r?\n)+/)) blocks.add(paragraph);
  return blocks.list;
}
