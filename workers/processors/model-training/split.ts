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

export interface Split {
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
