import { cellText } from '@/lib/contracts/cell';
import { wordsOf } from '@/lib/domain/document/terms';
import { type Encoder, widthOf } from './model';

export type Row = Record<string, unknown>;

/** A sparse vector: the values that are not zero, with their indexes. */
export interface Sparse {
  at: number[];
  value: number[];
}

/** Returns the text of a cell as the models compare it: without blanks at its ends. */
export const wordOf = (cell: unknown): string => cellText(cell).trim();

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** Returns a cell as a number, or undefined if it is none. */
export function cellNumber(cell: unknown): number | undefined {
  const text = wordOf(cell);
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Encodes rows as inputs, with the same encoders in training and in prediction. */
export class RowEncoder {
  readonly width: number;
  readonly #parts: { encoder: Encoder; offset: number; index: Map<string, number> }[] = [];

  constructor(encoders: readonly Encoder[]) {
    let offset = 0;
    for (const encoder of encoders) {
      const words = encoder.kind === 'number' ? [] : encoder.kind === 'category' ? encoder.values : encoder.terms;
      this.#parts.push({ encoder, offset, index: new Map(words.map((word, i) => [word, i])) });
      offset += widthOf(encoder);
    }
    this.width = offset;
  }

  /** A missing or unknown value is encoded as the mean, so that it has no influence. */
  encode(row: Row): Sparse {
    const sparse: Sparse = { at: [], value: [] };
    for (const { encoder, offset, index } of this.#parts) {
      const cell = row[encoder.name];
      if (encoder.kind === 'number') {
        const value = cellNumber(cell);
        if (value === undefined) continue;
        sparse.at.push(offset);
        sparse.value.push(Math.max(-10, Math.min(10, (value - encoder.mean) / encoder.deviation)));
      } else if (encoder.kind === 'category') {
        const i = index.get(wordOf(cell));
        if (i === undefined) continue;
        sparse.at.push(offset + i);
        sparse.value.push(1);
      } else putText(sparse, wordOf(cell), encoder.weights, index, offset);
    }
    return sparse;
  }
}

/** Sublinear TF-IDF of each known term, normalized to length one. */
function putText(sparse: Sparse, text: string, weights: number[], index: Map<string, number>, offset: number): void {
  const counts = new Map<number, number>();
  for (const term of termsIn(text)) {
    const i = index.get(term);
    if (i !== undefined) counts.set(i, (counts.get(i) ?? 0) + 1);
  }
  let sum = 0;
  const values = [...counts].map(([i, count]): [number, number] => {
    const value = (1 + Math.log(count)) * (weights[i] ?? 0);
    sum += value * value;
    return [i, value];
  });
  const scale = sum === 0 ? 0 : 1 / Math.sqrt(sum);
  for (const [i, value] of values) {
    sparse.at.push(offset + i);
    sparse.value.push(value * scale);
  }
}

/** Unigrams and bigrams of words. */
export function termsIn(text: string): string[] {
  const words = wordsOf(text);
  return [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)];
}
