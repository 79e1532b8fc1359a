import { stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { audit } from '@/lib/domain/audit';
import { forgetKeys } from '@/lib/domain/auth/authenticate-key';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { estimateBulkAction } from '@/lib/domain/bulk-action/estimate-bulk-action';
import { startBulkAction } from '@/lib/domain/bulk-action/start-bulk-action';
import { type Context, systemContext } from '@/lib/domain/context';
import { storeChunks } from '@/lib/domain/document/store-chunks';
import { saveArtifact } from '@/lib/domain/file/save-artifact';
import { storeFile } from '@/lib/domain/file/store-file';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { createContext, seedBatch } from './factories';
import { importPeople } from './people';
import { createHourly } from './schedules';

/** Stands in all inputs, results, errors, logs, progress, files and tables. */
export const MARK = 'ana.hidden@secret.example';
/** Stands only in fields that a path of {@link REDACTION} names. */
export const AT_PATH = 'PATH-7f3a91';
const DATA = { text: `About ${MARK}`, title: `To ${MARK}`, customer: { code: AT_PATH, list: [{ code: AT_PATH }] } };
const RESULT = { chunks: 1, note: MARK, code: AT_PATH };
const PEOPLE = `Email;Name;Wait;Code\n${MARK};Ann;1;${AT_PATH}\n${MARK};Bob;soon;${AT_PATH}\n`;
export const REDACTION = {
  paths: ['data.customer.*.code', 'data.customer.code', 'data.payload', 'data.customer.list.code', 'result.code'],
  patterns: ['email' as const],
};

export interface PlantedWorld {
  context: Context;
  ids: Record<string, string[]>;
  keys: Record<'whole' | 'blind' | 'redacted', string>;
}

/** Starts a discard and an edit of what failed, chosen by their contents. An item of the edit was refused. */
async function startBulkActions(context: Context): Promise<string[]> {
  const query = `is:dead error:"no mail for ${MARK}" data.customer.code:${AT_PATH} "${MARK}"`;
  const discard = await estimateBulkAction(context, { action: 'discard', query });
  const set = { text: `"Dear ${MARK} (${AT_PATH})"` };
  const edit = await estimateBulkAction(context, {
    action: 'edit',
    query: `is:dead type:document-processing ${MARK}`,
    set,
  });
  if (discard.matched !== 1 || edit.matched !== 1) throw new Error('The queries should match one job each.');
  const ids = [];
  for (const { token } of [discard, edit]) ids.push((await startBulkAction(context, token)).bulkAction.id);
  await pool().query(
    `update bulk_action_job set state = 'failed', why = 'invalid-input', detail = 'text: ${MARK} ${AT_PATH}' where bulk_action_id = $1`,
    [edit.token],
  );
  return ids;
}

/** Creates an organization whose every kind of thing holds {@link MARK}, with its ids by kind, and a key for each way to see them. */
export async function plantPayloads(): Promise<PlantedWorld> {
  // The batches of an earlier world hold the slots.
  await pool().query(
    `update batch set status = 'cancelled', finished_at = now(), slot_freed = false, queued_at = null where finished_at is null`,
  );
  const context = await createContext();
  const statuses = ['failed', 'completed', 'active', 'pending'] as const;
  const { batchId, jobIds } = await seedBatch(context, {
    type: 'document-processing',
    statuses: [...statuses],
    data: DATA,
  });
  const error = stringifyJson({ message: `no mail for ${MARK}`, code: 'bad-address', stack: `at ${MARK}` });
  const warnings = stringifyJson([{ code: 'odd', message: `odd: ${MARK}` }]);
  await pool().query(
    `update job set name = 'To ${MARK}', warnings = $2, started_at = now(),
       progress = json_build_object('current', 1, 'total', 2, 'message', 'at ${MARK}'),
       error = case when status = 'failed' then $3::json end, result = case when status = 'completed' then $4::json end
     where batch_id = $1`,
    [batchId, warnings, error, stringifyJson(RESULT)],
  );
  await pool().query(`update batch set stop_reason = 'rejected: ${MARK}', warned = 2 where id = $1`, [batchId]);
  for (const jobId of jobIds) {
    await pool().query(
      `insert into attempt (job_id, attempt, outcome, started_at, finished_at, error) values ($1, 1, 'failed', now(), now(), $2)`,
      [jobId, error],
    );
    await pool().query(`insert into job_log (job_id, attempt, at, level, message) values ($1, 1, now(), 'info', $2)`, [
      jobId,
      `sent to ${MARK}`,
    ]);
  }
  const body = async function* () {
    yield new TextEncoder().encode(`the file of ${MARK}`);
  };
  const { fileId } = await storeFile(context, { name: `${MARK}.txt`, body: body() });
  const [, done = '', active = ''] = jobIds;
  await pool().query('update job set attempt = 1 where id = $1', [active]);
  const system = systemContext(context.organizationId);
  await saveArtifact(system, { jobId: active, attempt: 1 }, { name: `for ${MARK}.txt`, body: body() });
  const vector = new Float32Array(256).fill(0.1);
  await storeChunks(system, {
    jobId: done,
    batchId,
    title: `To ${MARK}`,
    model: 'local-hash',
    chunks: [{ text: `About ${MARK}`, embedding: vector }],
  } as never);
  const { result } = await createFlows(context, {
    flow: {
      name: 'tree',
      type: 'diagnostic',
      data: { payload: MARK },
      children: [{ name: 'leaf', type: 'diagnostic', data: { payload: AT_PATH } }],
    },
  });
  const imported = await importPeople(context, PEOPLE, {
    durationMs: { from: 'column', column: 'Wait' },
    outcome: { from: 'constant', value: 'fail' },
    payload: { from: 'template', template: '{{Code}} {{Email}}' },
  });
  // Its items are named by a column of the table, which the others are not.
  await pool().query(`update batch set name_by = 'Email' where id = $1`, [imported.batchId]);
  await pool().query(`update job set name = '${MARK}' where batch_id = $1`, [imported.batchId]);
  const scheduleId = await createHourly(context, {
    launch: { batch: { name: 'report', type: 'document-processing', items: [{ text: MARK }] } },
  });
  const bulkActions = await startBulkActions(context);
  const target = { kind: 'batch', id: batchId };
  await audit(pool(), context, 'batch.edit', target, { before: { payload: DATA }, after: { payload: { text: MARK } } });
  const keyOf = async (role: 'admin' | 'operator', sees: boolean) => {
    const { key, apiKey } = await createApiKey(context, { name: `${role} ${sees}`, role });
    await pool().query('update api_key set sees_payloads = $2, system_admin = $3 where id = $1', [
      apiKey.id,
      sees,
      !sees,
    ]);
    return key;
  };
  const keys = {
    whole: await keyOf('admin', true),
    blind: await keyOf('admin', false),
    redacted: await keyOf('operator', true),
  };
  forgetKeys();
  return {
    context,
    keys,
    ids: {
      batches: [batchId, imported.batchId],
      all: [batchId],
      jobs: [...jobIds, result.jobIds[0] ?? ''],
      flows: result.flowIds,
      schedules: [scheduleId],
      files: [fileId],
      imports: [imported.id],
      'bulk-actions': bulkActions,
    },
  };
}
