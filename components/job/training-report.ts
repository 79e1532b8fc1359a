/** The part of a training result that the report shows. */
export interface TrainingReport {
  rows: { training: number; validation: number; test: number };
  epochs: number;
  bestEpoch: number;
  accuracy: number;
  baselineAccuracy: number;
  macroF1: number;
  classes: { label: string; precision: number; recall: number; f1: number; support: number }[];
  confusion: number[][];
}

const NUMBERS = ['epochs', 'bestEpoch', 'accuracy', 'baselineAccuracy', 'macroF1'] as const;

/** The most classes of a confusion matrix; larger ones are unreadable. */
const MAX_CLASSES = 40;

/** Returns a result as a training report; null if it does not have that shape, because results are untyped data. */
export function trainingReportOf(type: string, result: unknown): TrainingReport | null {
  if (type !== 'model-training' || typeof result !== 'object' || result === null) return null;
  const report = result as TrainingReport;
  const sound =
    NUMBERS.every((name) => typeof report[name] === 'number') &&
    typeof report.rows === 'object' &&
    Array.isArray(report.classes) &&
    report.classes.length <= MAX_CLASSES &&
    report.classes.every((c) => typeof c?.label === 'string' && typeof c.support === 'number') &&
    Array.isArray(report.confusion) &&
    report.confusion.every(Array.isArray);
  return sound ? report : null;
}
