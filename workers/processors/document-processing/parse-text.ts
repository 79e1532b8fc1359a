import { decodeText } from './decode-text';
import { Blocks, type ParsedDocument } from './parsed';

/** Plain text: paragraphs are separated by empty lines. */
export function parseText(bytes: Uint8Array): ParsedDocument {
  const blocks = new Blocks();
  for (const paragraph of decodeText(bytes).split(/\r?\n(?:[^\S\n]*\r?\n)+/)) blocks.add(paragraph);
  return { format: 'text', blocks: blocks.list };
}
