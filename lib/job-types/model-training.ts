import { z } from 'zod';
import { text } from '@/lib/contracts/text';
import { DEFAULTS, defineJobType } from './definition';

export const TRAINING_LIMITS = {
  bytes: 256 * 1024 * 1024,
  rows: 200_000,
  classes: 100,
};

const share = z.number();

/** How a column of the data set is encoded. */
const columnSchema = z.object({
  name: z.string(),
  kind: z.enum(['number', 'category', 'text']),
  /** number of network inputs of the column */
  width: z.int(),
});

export const modelTraining = defineJobType({
  type: 'model-training',
  title: 'Model training',
  description:
    'Trains a classifier on a table (CSV, TSV or JSONL) with numbers, categories and texts, measures it on rows it has not seen, and saves the model for Model prediction.',
  input: z.strictObject({
    fileId: z.uuid().describe('the data set: CSV or TSV with a header, or JSONL'),
    target: text(200).min(1).describe('the column to predict'),
    columns: z
      .array(text(200).min(1))
      .min(1)
      .max(500)
      .optional()
      .describe('the columns to predict from; all others by default'),
    headerRow: z
      .int()
      .min(1)
      .optional()
      .describe('the row of a CSV that names the columns: rows of the file count from 1; found when absent'),
    epochs: z.int().min(1).max(500).default(30).describe('passes over the data, at most'),
    patience: z.int().min(1).max(500).default(8).describe('stop after so many epochs without a better validation loss'),
    batchSize: z.int().min(1).max(1024).default(32),
    learningRate: z.number().positive().max(1).default(0.01),
    hiddenUnits: z.int().min(0).max(256).default(16).describe('0: a linear model'),
    testShare: z.number().min(0.05).max(0.5).default(0.2).describe('rows kept aside to measure the model'),
    seed: z.int().min(0).max(2_147_483_647).default(1).describe('the same seed gives the same model'),
  }),
  output: z.object({
    modelFileId: z.string(),
    rows: z.object({ training: z.int(), validation: z.int(), test: z.int(), withoutTarget: z.int() }),
    columns: z.array(columnSchema),
    epochs: z.int(),
    bestEpoch: z.int(),
    accuracy: share,
    /** accuracy of always predicting the most frequent class */
    baselineAccuracy: share,
    macroF1: share,
    classes: z.array(z.object({ label: z.string(), precision: share, recall: share, f1: share, support: z.int() })),
    /** confusion matrix of counts: rows are actual classes, columns predicted ones, in the order of `classes` */
    confusion: z.array(z.array(z.int())),
    history: z.array(z.object({ epoch: z.int(), loss: z.number(), validationLoss: z.number() })),
  }),
  defaults: { ...DEFAULTS, maxAttempts: 2, timeoutMs: 6 * 3600 * 1000 },
  consumerConcurrency: 1,
  itemName: (d) => `Predict ${d.target}`,
});
