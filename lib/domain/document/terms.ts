const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;
/** Scripts without spaces between words: pairs of characters are used as words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const ACCENTS = /\p{M}+/gu;
const MAX_WORD = 64;

/** Returns the words of a text in order, without case and accents, in any language. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  const plain = text.normalize('NFKD').toLowerCase();
  for (const [match] of plain.matchAll(WORD)) {
    if (UNSPACED.test(match)) {
      const characters = [...match];
      if (characters.length === 1) words.push(match);
      for (let i = 0; i + 1 < characters.length; i++) words.push(`${characters[i]}${characters[i + 1]}`);
    } else {
      words.push(match.replace(ACCENTS, '').replace(/’/g, "'").slice(0, MAX_WORD));
    }
  }
  return words;
}

/** 32-bit FNV-1a with a final mix, over UTF-16 units: fast, and the same on every machine. */
export function hashOf(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Returns the distinct hashes of the words, as stored in `document_chunk.terms`. */
export const termsOf = (words: readonly string[]): number[] => [...new Set(words.map((word) => hashOf(word)))];
