import { type StartedProduct, startProduct } from '@/e2e/support/start-product';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { until } from '@/lib/testing/until';
import { readMemory } from './cpu';
import { type Services, startServices } from './services';

/** The complete product as users start it, with its own services. */
export interface Served {
  services: Services;
  product: StartedProduct;
  call(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

export async function serve(options: { redis: boolean }): Promise<Served> {
  const services = await startServices(options);
  const product = await startProduct('bench', {
    DATABASE_URL: services.databaseUrl,
    ...(services.redisUrl ? { REDIS_URL: services.redisUrl } : {}),
    MAX_ACTIVE_BATCHES: '4',
    WORKER_PROCESSES: '1',
  });
  const call = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${product.apiKey}`, ...init.headers };
    const response = await fetch(product.url + path, { ...init, headers });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    return response;
  };
  return {
    services,
    product,
    call,
    stop: async () => {
      await product.stop();
      await services.stop();
    },
  };
}

/** Launches this number of children over HTTP, no-ops by default, as a stream. @returns the batch's id */
export async function launchOverHttp(
  { call }: Served,
  count: number,
  { item = { payload: 1 }, options = {} }: { item?: unknown; options?: BatchOptions } = {},
): Promise<string> {
  const fields = { name: `bench ${count}`, type: 'diagnostic', start: 'manual', options };
  const line = `${JSON.stringify(item)}\n`;
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = Math.min(4096, count - sent);
      if (size > 0) controller.enqueue(new TextEncoder().encode(line.repeat(size)));
      sent += size;
      if (sent === count) controller.close();
    },
  });
  const response = await call(`/api/batches?batch=${encodeURIComponent(JSON.stringify(fields))}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
    duplex: 'half',
  } as RequestInit);
  return ((await response.json()) as { batchId: string }).batchId;
}

export interface Followed {
  runMs: number;
  firstMs: number;
  /** the maximum memory of each part during launch and run, in bytes */
  peaks: Map<string, number>;
}

/** Imported after the services have started: the first import of the product reads the environment. */
export const database = async () => (await import('@/lib/db/pool')).pool();

/** Starts a batch, waits for its end, and measures the memory of all parts meanwhile. */
export async function startAndFollow({ call }: Served, batchId: string, peaks: Map<string, number>): Promise<Followed> {
  const pool = await database();
  await call(`/api/jobs/process/all/${batchId}`, { method: 'POST' });
  const state = await until(
    'the batch has finished',
    async () => {
      keepPeaks(peaks);
      const { rows } = await pool.query<{ run: number | null; whole: boolean }>(
        `select extract(epoch from finished_at - started_at)::float8 * 1000 as run, completed = total as whole
         from batch where id = $1`,
        [batchId],
      );
      return rows[0]?.run ? rows[0] : false;
    },
    { timeoutMs: 1_200_000, everyMs: 250 },
  );
  if (!state.whole) throw new Error('not every child completed');
  const { rows } = await pool.query<{ first: number }>(
    `select extract(epoch from min(j.finished_at) - b.started_at)::float8 * 1000 as first
     from batch b join job j on j.batch_id = b.id where b.id = $1 group by b.started_at`,
    [batchId],
  );
  return { runMs: state.run ?? Number.NaN, firstMs: rows[0]?.first ?? Number.NaN, peaks };
}

export function keepPeaks(peaks: Map<string, number>): void {
  for (const [part, bytes] of readMemory()) peaks.set(part, Math.max(peaks.get(part) ?? 0, bytes));
}
