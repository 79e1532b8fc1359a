import type { OutputOf } from '@/lib/job-types/catalogue';

type Measures = Pick<OutputOf<'model-training'>, 'accuracy' | 'baselineAccuracy' | 'macroF1' | 'classes' | 'confusion'>;

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Computes quality metrics from pairs of the actual and the predicted class. */
export function measure(
  labels: readonly string[],
  pairs: readonly (readonly [actual: number, predicted: number])[],
): Measures {
  const confusion = labels.map(() => labels.map(() => 0));
  for (const [actual, predicted] of pairs) {
    const row = confusion[actual];
    if (row) row[predicted] = (row[predicted] ?? 0) + 1;
  }
  const classes = labels.map((label, i) => {
    const hits = confusion[i]?.[i] ?? 0;
    const support = confusion[i]?.reduce((sum, n) => sum + n, 0) ?? 0;
    const precision = ratio(
      hits,
      confusion.reduce((sum, row) => sum + (row[i] ?? 0), 0),
    );
    const recall = ratio(hits, support);
    return { label, precision, recall, f1: ratio(2 * precision * recall, precision + recall), support };
  });
  const hits = classes.reduce((sum, _, i) => sum + (confusion[i]?.[i] ?? 0), 0);
  return {
    accuracy: ratio(hits, pairs.length),
    baselineAccuracy: ratio(Math.max(...classes.map((c) => c.support)), pairs.length),
    macroF1: ratio(
      classes.reduce((sum, c) => sum + c.f1, 0),
      classes.length,
    ),
    classes,
    confusion,
  };
}
