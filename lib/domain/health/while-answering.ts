import { postgresOptions } from '@/lib/config/postgres';
import { sql } from '@/lib/db/sql';

const PROBE_TIMEOUT_MS = 3000;
let probing: Promise<boolean> | undefined;

/**
 * Returns whether Postgres responds at all. It opens a new connection, because those of the pool may hang. An error
 * from Postgres is a response too. Concurrent callers share one probe.
 */
function isAnswering(): Promise<boolean> {
  probing ??= probe().finally(() => {
    probing = undefined;
  });
  return probing;
}

async function probe(): Promise<boolean> {
  const { Client, ...options } = postgresOptions('batchyard-probe', 1);
  const client = new Client({ ...options, connectionTimeoutMillis: PROBE_TIMEOUT_MS, query_timeout: PROBE_TIMEOUT_MS });
  try {
    await client.connect();
    await client.query(sql`select 1`);
    return true;
  } catch (error) {
    return typeof (error as { severity?: unknown }).severity === 'string';
  } finally {
    // Not awaited, because closing a connection that hangs would hang too.
    void client.end().catch(() => undefined);
  }
}

/**
 * Milliseconds after which unfinished work causes a probe, and between probes: the work is slow, or the database hangs.
 */
const PROBE_EVERY_MS = 5000;

/** The error when the database does not respond. It may still execute the statements that it has received. */
export class SilentDatabase extends Error {
  override name = 'SilentDatabase';
  readonly code = 'ETIMEDOUT';
}

/**
 * Waits for `work` while the database responds to probes.
 * @returns the result of `work`
 * @throws SilentDatabase if the database does not respond
 */
export async function whileAnswering<T>(work: Promise<T>): Promise<T> {
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const check = async () => {
      const answers = await isAnswering();
      if (over) return;
      if (!answers) reject(new SilentDatabase('the database does not answer'));
      else timer = setTimeout(check, PROBE_EVERY_MS);
    };
    timer = setTimeout(check, PROBE_EVERY_MS);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    over = true;
    clearTimeout(timer);
  }
}
