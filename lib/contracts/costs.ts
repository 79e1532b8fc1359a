import { z } from 'zod';

/** What an attempt may report at most, so that sums never overflow. */
export const MAX_COST = { tokens: 1_000_000_000, usd: 1_000_000 } as const;

/** What work cost, by unit. A unit that nobody reported is absent. */
export const costsSchema = z
  .object({
    tokens: z.number().min(0).exactOptional(),
    usd: z.number().min(0).exactOptional(),
  })
  .meta({ id: 'Costs' });
export type Costs = z.infer<typeof costsSchema>;

/** Returns only the units of which there is something. */
export const costsOf = (tokens: number | null, usd: number | null): Costs => ({
  ...(tokens ? { tokens } : {}),
  ...(usd ? { usd } : {}),
});
