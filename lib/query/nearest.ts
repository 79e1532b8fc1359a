/** A word that needs more changes than this share of its length is another word. */
const SHARE = 0.5;

/** Returns the word of the list that is most like the given one, or undefined if none is similar. */
export function nearest(word: string, list: readonly string[]): string | undefined {
  const given = word.toLowerCase().slice(0, 40);
  let best: { word: string; steps: number } | undefined;
  for (const each of list) {
    const steps = each.startsWith(given) && given.length >= 2 ? 1 : editDistance(given, each);
    if (!best || steps < best.steps) best = { word: each, steps };
  }
  return best && best.steps <= Math.ceil(Math.max(given.length, 2) * SHARE) ? best.word : undefined;
}

/** The number of characters to insert, delete or replace. Two neighbors in the wrong order count as one. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let steps = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        steps = Math.min(steps, (before[j - 2] ?? 0) + 1);
      }
      next.push(steps);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
