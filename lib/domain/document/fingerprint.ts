import { createHash } from 'node:crypto';

/** The same for texts that differ in blanks, line ends, case and the form of their characters only. */
export function fingerprintOf(blocks: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const block of blocks) {
    for (const word of block.normalize('NFKC').toLowerCase().split(/\s+/)) if (word !== '') hash.update(`${word} `);
  }
  return hash.digest('hex');
}
