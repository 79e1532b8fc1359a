/** The part of a training's result that is drawn. */
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

/** More cells than this are no picture any more. */
const MAX_CLASSES = 40;

/** A result as a report, or null where it is none: results of jobs are only data. */
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
