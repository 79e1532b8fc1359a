import { z } from 'zod';

/** How a column becomes inputs of the network; learned from the training rows only. */
const encoder = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('number'), name: z.string(), mean: z.number(), deviation: z.number() }),
  z.object({ kind: z.literal('category'), name: z.string(), values: z.array(z.string()) }),
  z.object({
    kind: z.literal('text'),
    name: z.string(),
    terms: z.array(z.string()),
    /** the weight of a term: rarer terms weigh more */
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

/** A trained classifier as it is saved: everything a prediction needs, and nothing that runs. */
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
