import { decodeText } from '@/workers/processors/encoding/decode-text';
import { Blocks, type Parse } from './parsed';

/** Plain text: paragraphs are separated by empty lines. */
export const parseText: Parse = async (bytes, options) => {
  const { text, encoding, remarks } = await decodeText(bytes, { given: options.encoding });
  return { format: 'text', blocks: paragraphsOf(text), encoding, remarks };
};

/** The paragraphs of a text without markup. */
export function paragraphsOf(text: string) {
  const blocks = new Blocks();
  for (const paragraph of text.split(/\r?\n(?:[^\S\n]*\r?\n)+/)) blocks.add(paragraph);
  return blocks.list;
}
