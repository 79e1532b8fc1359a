import { detectAll } from 'tinyld';
import type { Block } from './parsed';

const SAMPLE = 4000;
/** Of fewer letters every answer is a guess. */
const LEAST_LETTERS = 40;
const LEAST_ACCURACY = 0.05;

/** The language that most of a document is written in, as ISO 639-1; null when that can't be told. */
export function languageOf(blocks: readonly Block[]): string | null {
  let sample = '';
  for (const { text } of blocks) {
    sample += `${text.slice(0, SAMPLE - sample.length)} `;
    if (sample.length >= SAMPLE) break;
  }
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  // A sign of Chinese or Japanese says as much as several letters.
  const weight = letters + 3 * (sample.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu)?.length ?? 0);
  if (weight < LEAST_LETTERS) return null;
  const [best] = detectAll(sample);
  return best && best.accuracy >= LEAST_ACCURACY ? best.lang : null;
}
