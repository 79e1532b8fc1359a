import { type Sql, sql } from '@/lib/db/sql';

/** Each bucket ends 10% above its beginning, so a quantile is wrong by less than 5%: by half a bucket. */
export const GROWTH = 1.1;
/** The last bucket takes everything longer: 11 months. */
const LAST_BUCKET = 255;

/** Number of values by bucket: 0 for less than a millisecond, n for 1.1^(n-1) to 1.1^n milliseconds. */
export type Histogram = Readonly<Record<string, number>>;

/** The SQL of the bucket of an interval. Negative ones, which clocks make, count as 0. */
export const bucketOf = (interval: Sql): Sql =>
  sql`least(${sql.literal(LAST_BUCKET)}, 1 + floor(ln(greatest(date_part('epoch', ${interval}) * 1000, 0.95)) * ${sql.literal(1 / Math.log(GROWTH))}))::int2`;

/** Adds histograms. */
export function addHistograms(parts: readonly Histogram[]): Histogram {
  const sum: Record<string, number> = {};
  for (const part of parts) for (const [bucket, n] of Object.entries(part)) sum[bucket] = (sum[bucket] ?? 0) + n;
  return sum;
}

/** Returns quantiles in milliseconds, by the nearest-rank method; null without values. */
export function quantilesOf(histogram: Histogram): { p50: number | null; p95: number | null } {
  const buckets = Object.entries(histogram)
    .map(([bucket, n]): [number, number] => [Number(bucket), n])
    .sort(([a], [b]) => a - b);
  const total = buckets.reduce((sum, [, n]) => sum + n, 0);
  const at = (share: number): number | null => {
    let rank = Math.max(1, Math.ceil(total * share));
    for (const [bucket, n] of buckets) {
      rank -= n;
      if (rank <= 0) return middleOf(bucket);
    }
    return null;
  };
  return { p50: at(0.5), p95: at(0.95) };
}

/** The geometric middle of a bucket. Four digits keep it less than 5% off. */
const middleOf = (bucket: number): number => (bucket === 0 ? 0 : Number((GROWTH ** (bucket - 0.5)).toPrecision(4)));
