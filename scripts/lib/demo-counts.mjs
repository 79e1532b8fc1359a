const KEYS = ['total', 'completed', 'failed', 'cancelled'];

/** Counts rows of any kind by what `statusOf` says of each. */
export function tally(rows, statusOf) {
  const counts = { total: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const row of rows) {
    const status = statusOf(row);
    counts.total += 1;
    if (status in counts) counts[status] += 1;
  }
  return counts;
}

/**
 * Compares what different places say about one batch with the first of them.
 * @returns a line for each difference; empty when all agree
 */
export function findDifferences(sources) {
  const [[name, truth], ...others] = Object.entries(sources);
  return others.flatMap(([other, counts]) =>
    KEYS.filter((key) => key in counts && counts[key] !== truth[key]).map(
      (key) => `${key}: ${truth[key]} in ${name}, ${counts[key]} in ${other}`,
    ),
  );
}
