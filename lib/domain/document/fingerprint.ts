import { createHash } from 'node:crypto';

/**
 * The same for texts that differ in blanks, line ends, case and the form of their characters only.
 * @param cut how the text is to be cut, where that is not as usual: cut in another way it is another one
 */
export function fingerprintOf(blocks: Iterable<string>, cut = ''): string {
  const hash = createHash('sha256').update(cut);
  for (const block of blocks) {
    for (const word of block.normalize('NFKC').toLowerCase().split(/\s+/)) if (word !== '') hash.update(`${word} `);
  }
  return hash.digest('hex');
}
