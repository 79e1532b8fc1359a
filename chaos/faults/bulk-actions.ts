import { type Fault, kill, type Scene } from '@/chaos/fault';
import type { Web } from '@/chaos/installation';
import type { BulkActionDto, BulkActionEstimate } from '@/lib/contracts/bulk-action';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { until } from '@/lib/testing/until';

const BATCHES = 4;
const PATIENT = { timeoutMs: 3_600_000, everyMs: 100 };

/** Inserts batches whose children all failed, in the organization of the API key. @returns its id */
async function insertFailed(batchIds: string[], rows: number): Promise<string> {
  const { rows: owners } = await pool().query<{ id: string }>(
    'select organization_id as id from api_key order by created_at limit 1',
  );
  const organizationId = must(owners[0], 'The organization of the key').id;
  for (let i = 0; i < BATCHES; i += 1) {
    const { rows: made } = await pool().query<{ id: string }>(
      `with made as (
         insert into batch (id, organization_id, type, name, status, total, failed, options, correlation_id, run, started_at, finished_at)
         values (uuidv7(), $1, 'diagnostic', 'failed ' || $2, 'failed', $3, $3, '{}', 'chaos', 1, now(), now()) returning id
       ), dispatched as (
         insert into batch_dispatch (batch_id, initial, last_seq, cursor, reach) select id, $3, $3, $3, $3 - 1 from made
       ), children as (
         insert into job (id, organization_id, type, status, batch_id, item_index, attempt, attempts_made, data, error, started_at, finished_at)
         select uuidv7(), $1, 'diagnostic', 'failed', made.id, n, 1, 1, '{}', '{"message":"the service was away"}', now(), now()
         from made, generate_series(0, $3::int - 1) n)
       select id from made`,
      [organizationId, i, rows / BATCHES],
    );
    batchIds.push(must(made[0], 'The new batch').id);
  }
  // The history counts ends of runs, and these rows were inserted after their end.
  await pool().query(
    `insert into history_delta (organization_id, type, ended_minute, failed) values ($1, 'diagnostic', date_trunc('minute', now()), $2)`,
    [organizationId, rows],
  );
  // As after a run, during which autovacuum counts them: else the plans are those of an empty table.
  await pool().query('analyze job');
  return organizationId;
}

/** How many failed jobs of the organization were ever retried, as counted by the statement that retries them. */
async function countRetried(organizationId: string): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    `select coalesce(sum(n), 0)::int as count from (
       select reopened_failed as n from history where step = 'day' and type <> '' and organization_id = $1
       union all select reopened_failed from history_delta where organization_id = $1) parts`,
    [organizationId],
  );
  return must(rows[0], 'The count').count;
}

async function ask<T>({ url, apiKey }: Web, path: string, body?: unknown): Promise<T> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(
    url + path,
    body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
  );
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

const stateOf = async (web: Web, id: string): Promise<BulkActionDto> =>
  (await ask<{ bulkAction: BulkActionDto }>(web, `/api/bulk-actions/${id}`)).bulkAction;

/** Kills both while a part is retried, and starts both again. The same token is sent again: it must change nothing. */
async function retryThroughKills({ installation, batchIds, bulkRows }: Scene): Promise<number> {
  const own: string[] = [];
  const organizationId = await insertFailed(own, bulkRows);
  batchIds.push(...own);
  const retriedBefore = await countRetried(organizationId);
  const web = await installation.web();
  const { token, matched } = await ask<BulkActionEstimate>(web, '/api/bulk-actions', {
    ...{ action: 'retry', dry: true, query: `batch:${own.join(',')}` },
    // About 20 s, so that the kills come in the middle.
    ratePerMinute: bulkRows * 3,
  });
  if (matched !== bulkRows) throw new Error(`${matched} of ${bulkRows} jobs were chosen`);
  await ask(web, '/api/bulk-actions', { token });
  await until('a part is retried', async () => (await stateOf(web, token)).done > bulkRows / 10, PATIENT);
  await web.kill();
  const killed = kill(must(installation.workers.pid, 'The pid of the supervisor'));
  const again = await installation.web();
  const before = await ask<{ bulkAction: BulkActionDto }>(again, '/api/bulk-actions', { token });
  if (before.bulkAction.done === bulkRows) throw new Error('the bulk action had ended before the kills');
  installation.startWorkers();
  const record = await until(
    'the bulk action has ended',
    async () => {
      const state = await stateOf(again, token);
      return state.status === 'completed' && state;
    },
    PATIENT,
  );
  const { rows } = await pool().query<{ done: number; entries: number }>(
    `select (select count(*)::int from bulk_action_job where bulk_action_id = $1 and state = 'done') as done,
       (select sum((after ->> 'count')::int)::int from audit where organization_id = $2 and action = 'batch.retry'
          and target_id = any($3::text[])) as entries`,
    [token, organizationId, own],
  );
  const retried = (await countRetried(organizationId)) - retriedBefore;
  const counts = JSON.stringify({ ...rows[0], record: record.done, retried });
  const expected = JSON.stringify({ done: bulkRows, entries: bulkRows, record: bulkRows, retried: bulkRows });
  if (counts !== expected) throw new Error(`a bulk retry of ${bulkRows} ended with ${counts}`);
  return killed ? 2 : 1;
}

export const BULK_ACTION_FAULTS: Fault[] = [
  { name: 'the web and the supervisor are killed in a bulk retry', beside: true, strike: retryThroughKills },
];
