/** @typedef {'total' | 'completed' | 'failed' | 'cancelled'} Key */

/** @type {Key[]} */
const KEYS = ['total', 'completed', 'failed', 'cancelled'];

/**
 * Counts rows by their status.
 * @template T
 * @param {Iterable<T>} rows
 * @param {(row: T) => string | undefined} statusOf
 */
export function tally(rows, statusOf) {
  const counts = { total: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const row of rows) {
    const status = statusOf(row);
    counts.total += 1;
    const key = KEYS.find((name) => name === status);
    if (key) counts[key] += 1;
  }
  return counts;
}

/**
 * Compares the counts of one batch from several places with the first of them.
 * @param {Record<string, Partial<Record<Key, number>>>} sources
 * @returns a line for each difference; empty when all agree
 */
export function findDifferences(sources) {
  const [first, ...others] = Object.entries(sources);
  if (!first) return [];
  const [name, truth] = first;
  return others.flatMap(([other, counts]) =>
    KEYS.filter((key) => key in counts && counts[key] !== truth[key]).map(
      (key) => `${key}: ${truth[key]} in ${name}, ${counts[key]} in ${other}`,
    ),
  );
}
