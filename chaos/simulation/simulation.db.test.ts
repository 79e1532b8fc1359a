import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerNode } from '@/lib/domain/worker/nodes';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { Clock } from './clock';
import { MemoryQueue } from './memory-queue';
import { type Options, Simulation } from './simulation';
import { breakStatements, VARIANTS } from './variants';
import { verify } from './verify';

const model = vi.hoisted(() => {
  process.env.MAX_ACTIVE_BATCHES = '1000000';
  return {
    queue: undefined as { of(name: string): unknown } | undefined,
    settlePrefetched: (_batchId: string): void => undefined,
  };
});
vi.mock('@/lib/queue/queues', async (original) => ({
  ...(await original()),
  queueOf: (name: string) => model.queue?.of(name),
}));
vi.mock('@/lib/domain/batch/prefetched', async (original) => ({
  ...(await original()),
  prefetchSettled: async (batchId: string) => model.settlePrefetched(batchId),
}));
// Messages are hints: here all of them are lost.
vi.mock('@/lib/events/relay', async (original) => ({
  ...(await original()),
  publish: async () => undefined,
  publishChanges: async () => undefined,
}));

const clock = new Clock();

beforeAll(() => clock.install());
beforeEach(truncateAll);

async function simulate(options: Options): Promise<string[]> {
  const queue = new MemoryQueue(() => clock.now);
  model.queue = queue;
  const simulation = new Simulation(await createContext(), clock, queue, await registerNode('simulation', 1), options);
  model.settlePrefetched = (batchId) => simulation.settlePrefetched(batchId);
  try {
    await simulation.run();
  } catch (error) {
    return [String(error)];
  }
  return verify(simulation);
}

/**
 * More of them: SIMULATION_SEEDS=40 npx vitest run --project postgres chaos/simulation. Many small simulations cost less
 * than few large ones, because each change of a slot counts all batches that hold one.
 */
const SEEDS = Array.from({ length: Number(process.env.SIMULATION_SEEDS ?? 5) }, (_, i) => i + 2);

test.each(SEEDS)('two hundred schedules keep the promise (seed %i)', async (seed) => {
  expect(await simulate({ seed, schedules: 200, ticks: 50 })).toEqual([]);
});

describe('the simulation detects a broken product', () => {
  test.each(VARIANTS)('$name', async (variant) => {
    const restore = breakStatements(variant);
    let wrong: string[] = [];
    let broken = 0;
    try {
      // Most show at once; what needs several faults in a row may take more schedules.
      for (let seed = 7; wrong.length === 0 && seed < 27; seed += 1) {
        wrong = await simulate({ seed, schedules: 50, ticks: 60, freezes: variant.freezes });
      }
    } finally {
      broken = restore();
    }
    expect(broken, 'statements that were broken').toBeGreaterThan(0);
    expect(wrong.length).toBeGreaterThan(0);
  });
});
