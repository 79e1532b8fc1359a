import { cellNumber, type Row, termsIn, wordOf } from './encode';
import type { Encoder } from './model';

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
