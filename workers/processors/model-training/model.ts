import { z } from 'zod';

/** The encoder of a column. It is learned from the training rows only. */
const encoder = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('number'), name: z.string(), mean: z.number(), deviation: z.number() }),
  z.object({ kind: z.literal('category'), name: z.string(), values: z.array(z.string()) }),
  z.object({
    kind: z.literal('text'),
    name: z.string(),
    terms: z.array(z.string()),
    /** the weight of a term (IDF): rarer terms have higher weights */
    weights: z.array(z.number()),
  }),
]);
export type Encoder = z.infer<typeof encoder>;

const layer = z.object({
  inputs: z.int(),
  units: z.int(),
  activation: z.enum(['relu', 'softmax']),
  /** float32, little-endian, base64: inputs × units */
  kernel: z.string(),
  bias: z.string(),
});
export type Layer = z.infer<typeof layer>;

/** A trained classifier in its stored form: all data for a prediction, and no executable code. */
export const modelSchema = z.object({
  format: z.literal('batchyard-classifier'),
  version: z.literal(1),
  target: z.string(),
  classes: z.array(z.string()),
  encoders: z.array(encoder),
  layers: z.array(layer).min(1).max(2),
});
export type Model = z.infer<typeof modelSchema>;

export const widthOf = (e: Encoder): number =>
  e.kind === 'number' ? 1 : e.kind === 'category' ? e.values.length : e.terms.length;
