import type { BatchStatus, JobStatus } from '@/lib/contracts/status';

/** An entry of the palette. */
export interface Hit {
  id: string;
  /** the heading over it */
  group: string;
  title: string;
  /** a page to open; else `run` */
  href?: string;
  run?: () => void;
  /** why an action can't be done now */
  reason?: string | null;
  /** one line of detail: an excerpt */
  detail?: string;
  /** the job type, shown instead of `detail` */
  type?: string;
  status?: BatchStatus | JobStatus;
  isAction?: boolean;
  /** as of an action: it changes something at once */
  changes?: boolean;
}

/** Records of each kind that the palette lists. */
export const EACH = 5;

/** Returns those that fit, the best first; among equals the given order stays. */
export const best = <T extends { title: string; words?: string }>(typed: string, entries: readonly T[]): T[] =>
  entries
    .map((entry) => ({ entry, fit: fitOf(typed, entry.title, entry.words) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit)
    .map(({ entry }) => entry);

/**
 * Returns how well a text fits what was typed; 0 if it does not. Every typed word must be found. The beginning of a word
 * counts more than its inside, and the title more than further search terms; first letters of words only in the title.
 */
export function fitOf(typed: string, title: string, words = ''): number {
  const wanted = plain(typed).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return 1;
  let sum = 0;
  for (const word of wanted) {
    const fit = Math.max(
      4 * wordFit(word, plain(title)),
      2 * wordFit(word, plain(words)),
      initials(word, plain(title)),
    );
    if (fit === 0) return 0;
    sum += fit;
  }
  return sum / wanted.length;
}

const plain = (text: string): string => text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

/** 2 at the beginning of a word, 1 inside of one. */
function wordFit(word: string, text: string): number {
  if (!text.includes(word)) return 0;
  return text.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word)) ? 2 : 1;
}

/** 1 if the letters are the first ones of its words: `nb` finds “New batch”. */
function initials(word: string, text: string): number {
  if (word.length < 2) return 0;
  const starts = [...text.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu)].map((match) => match[0]).join('');
  return starts.includes(word) ? 1 : 0;
}
