import { detectAll } from 'tinyld';
import type { Block } from './parsed';

const SAMPLE = 4000;
/** With fewer letters the detection is only a guess. */
const LEAST_LETTERS = 40;
const LEAST_ACCURACY = 0.15;
/** A language is reported only if it is this many times as likely as the next one. */
const LEAST_LEAD = 2;

/** Writing systems that combine several Unicode scripts. */
const PARTS: Readonly<Record<string, string[]>> = {
  Jpan: ['Han', 'Hiragana', 'Katakana'],
  Kore: ['Hangul', 'Han'],
  Hans: ['Han'],
  Hant: ['Han'],
};

/** Returns the main language of a document as ISO 639-1, or null when it is uncertain. */
export function languageOf(blocks: readonly Block[]): string | null {
  let sample = '';
  for (const { text } of blocks) {
    sample += `${text.slice(0, SAMPLE - sample.length)} `;
    if (sample.length >= SAMPLE) break;
  }
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  // A Chinese or Japanese character carries as much information as several letters.
  const weight = letters + 3 * (sample.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu)?.length ?? 0);
  if (weight < LEAST_LETTERS) return null;
  const [best, next] = detectAll(sample).filter(({ lang }) => isWrittenSo(lang, sample, letters));
  if (!best || best.accuracy < LEAST_ACCURACY) return null;
  return best.accuracy >= (next?.accuracy ?? 0) * LEAST_LEAD ? best.lang : null;
}

/** Whether most letters of a text belong to the script of a language. */
function isWrittenSo(language: string, text: string, letters: number): boolean {
  const script = new Intl.Locale(language).maximize().script ?? 'Latn';
  const own = (PARTS[script] ?? [script]).map((name) => `\\p{sc=${name}}`).join('');
  return (text.match(new RegExp(`[${own}]`, 'gu'))?.length ?? 0) > letters / 2;
}
