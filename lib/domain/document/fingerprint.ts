import { createHash } from 'node:crypto';

/**
 * Returns the same hash for texts that differ only in whitespace, case and Unicode form.
 * @param cut the chunking options, if they are not the defaults: other chunks make another document
 */
export function fingerprintOf(blocks: Iterable<string>, cut = ''): string {
  const hash = createHash('sha256').update(cut);
  for (const block of blocks) {
    for (const word of block.normalize('NFKC').toLowerCase().split(/\s+/)) if (word !== '') hash.update(`${word} `);
  }
  return hash.digest('hex');
}
