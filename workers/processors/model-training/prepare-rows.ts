import { cellNumber, type Row, termsIn, wordOf } from './encode';
import type { Encoder } from './model';

/** A seeded random number generator (mulberry32). Returns numbers in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Shuffles in place. */
export function shuffle<T>(list: T[], random: () => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j] as T, list[i] as T];
  }
  return list;
}

const VALIDATION_SHARE = 0.15;

interface Split {
  training: number[];
  validation: number[];
  test: number[];
}

/**
 * Splits rows with stratification: each part has its share of every class. Rows of small classes go to training first.
 */
export function splitRows(labels: readonly number[], testShare: number, random: () => number): Split {
  const byClass = new Map<number, number[]>();
  for (const [row, label] of labels.entries()) {
    const rows = byClass.get(label);
    if (rows) rows.push(row);
    else byClass.set(label, [row]);
  }
  const split: Split = { training: [], validation: [], test: [] };
  for (const rows of byClass.values()) {
    shuffle(rows, random);
    const test = Math.round(rows.length * testShare);
    const validation = Math.round((rows.length - test) * VALIDATION_SHARE);
    split.test.push(...rows.slice(0, test));
    split.validation.push(...rows.slice(test, test + validation));
    split.training.push(...rows.slice(test + validation));
  }
  return split;
}

const MAX_CATEGORIES = 50;
const MAX_TERMS = 2000;
/** A column with at most this many distinct values is categorical, if they are few compared with its rows. */
const FEW = 0.5;

/** Classifies each column of the training rows: numbers, categories (a few repeated values), or text. */
export function learnEncoders(rows: readonly Row[], columns: readonly string[]): Encoder[] {
  return columns.flatMap((name): Encoder[] => {
    const cells = rows.map((row) => wordOf(row[name])).filter((text) => text !== '');
    if (cells.length === 0) return [];
    const numbers = cells.map(cellNumber).filter((n) => n !== undefined);
    if (numbers.length >= cells.length * 0.95) return spread(name, numbers);
    const counts = new Map<string, number>();
    for (const cell of cells) if (counts.size <= MAX_CATEGORIES) counts.set(cell, (counts.get(cell) ?? 0) + 1);
    if (counts.size <= MAX_CATEGORIES && counts.size <= cells.length * FEW) {
      return counts.size < 2 ? [] : [{ kind: 'category', name, values: [...counts.keys()].sort() }];
    }
    const text = vocabulary(name, cells);
    return text.kind === 'text' && text.terms.length > 0 ? [text] : [];
  });
}

function spread(name: string, numbers: number[]): Encoder[] {
  const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
  const variance = numbers.reduce((sum, n) => sum + (n - mean) ** 2, 0) / numbers.length;
  // A constant column has no information.
  return variance > 0 ? [{ kind: 'number', name, mean, deviation: Math.sqrt(variance) }] : [];
}

/** Returns the most frequent terms, without those that occur in only one text. */
function vocabulary(name: string, cells: string[]): Encoder {
  const documents = new Map<string, number>();
  for (const cell of cells)
    for (const term of new Set(termsIn(cell))) documents.set(term, (documents.get(term) ?? 0) + 1);
  const kept = [...documents]
    .filter(([, count]) => count > 1)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, MAX_TERMS);
  return {
    kind: 'text',
    name,
    terms: kept.map(([term]) => term),
    weights: kept.map(([, count]) => Math.log((1 + cells.length) / (1 + count)) + 1),
  };
}
