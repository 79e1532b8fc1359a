import { FLOW_POLICIES, type FlowNodeBody, type FlowNodeDto } from '@/lib/contracts/flow';

/** A seeded random number generator (mulberry32). Returns numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const OUTCOMES = ['complete', 'complete', 'complete', 'complete', 'fail', 'fail-once'];

/**
 * Makes a tree of mixed types, policies, outcomes, attempts and delays. Names are paths, so that faults can be located.
 */
export function randomTree(random: () => number, name: string, levels = 5): FlowNodeBody {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const width = levels > 1 && random() < 0.7 ? 1 + Math.floor(random() * 3) : 0;
  const opts = {
    onFailure: pick(FLOW_POLICIES),
    attempts: 1 + Math.floor(random() * 2),
    backoff: { type: 'fixed' as const, delay: 20 },
    ...(random() < 0.1 ? { delay: 50 } : {}),
    ...(random() < 0.2 ? { priority: Math.floor(random() * 1000) } : {}),
  };
  const children = Array.from({ length: width }, (_, i) => randomTree(random, `${name}.${i}`, levels - 1));
  const asCollect = width > 0 && random() < 0.6;
  return {
    name,
    type: asCollect ? 'collect' : 'diagnostic',
    data: asCollect ? {} : { outcome: pick(OUTCOMES), durationMs: Math.floor(random() * 40) },
    opts,
    ...(width > 0 ? { children } : {}),
  };
}

/**
 * Returns the violations of policies in a finished tree, derived from the outcomes of each node's children.
 * @param options.cancelled whether somebody cancelled the tree: a job that ran at that moment gets no further attempt
 */
export function policyViolations(node: FlowNodeDto, { cancelled }: { cancelled: boolean }): string[] {
  const { job, children } = node;
  const bad = (policy: string, status: string) =>
    children.some((c) => c.onFailure === policy && c.job.status === status);
  const state = `${job.name} is ${job.status} (${job.error?.code ?? 'no code'})`;
  const faults = children.flatMap((child) => policyViolations(child, { cancelled }));
  const early = bad('continue-parent', 'failed') || bad('continue-parent', 'cancelled');
  const kept = bad('fail-parent', 'failed') || bad('fail-parent', 'cancelled');
  const passedOver = job.error?.code === 'child-failed' || job.error?.code === 'child-cancelled';
  if (passedOver && !kept) faults.push(`${state}, yet no child kept it from running`);
  if (kept && !early && job.status === 'completed')
    faults.push(`${state}, yet a child should have kept it from running`);
  if (passedOver || job.status === 'cancelled' || job.error?.code === 'worker-crashed') return faults;
  const { outcome } = (job.data ?? {}) as { outcome?: string };
  // The probe's "once" depends on its attempt number, which a crash of another job in its process raises too.
  const onlyOne = job.maxAttempts === 1 || (cancelled && job.attemptsMade === 1);
  const fails = outcome === 'fail' || (outcome === 'fail-once' && onlyOne && job.status === 'failed');
  if (fails !== (job.status === 'failed')) faults.push(`${state}, told to ${outcome ?? 'collect'}`);
  return faults;
}
