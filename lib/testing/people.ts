import type { Mapping } from '@/lib/contracts/import';
import { must } from '@/lib/contracts/must';
import type { ErrorsQuery } from '@/lib/contracts/results';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { changeImport } from '@/lib/domain/import/change-import';
import { checkImport } from '@/lib/domain/import/check-import';
import { fixRow } from '@/lib/domain/import/fix-row';
import { launchImport } from '@/lib/domain/import/launch-import';
import { takeCorrections } from '@/lib/domain/import/table/correct-table';
import { readCorrections } from '@/lib/http/results/read-corrections';
import { sendErrors } from '@/lib/http/results/send-errors';
import { bring, workOn } from './imports';

/** The mapping from the columns of {@link PEOPLE_CSV} to the fields of a diagnostic job. */
export const PEOPLE_MAPPING: Mapping = {
  durationMs: { from: 'column', column: 'Wait' },
  outcome: { from: 'constant', value: 'fail' },
  payload: { from: 'template', template: 'to {{Name}} <{{Email}}>' },
};

/** Rows 2 and 5 are bad: 2 is skipped, 5 is corrected before the launch. */
export const PEOPLE_CSV = 'Email;Name;Wait\n@a;Ann;1\nb;Bob;soon\n=c;Cy;3\n007;Dan;4\ne;Eve;late\n';

/** Creates a batch from a table, with all items failed. */
export async function importPeople(
  context: Context,
  content = PEOPLE_CSV,
  mapping = PEOPLE_MAPPING,
  name = 'people.csv',
) {
  const { id } = await bring(context, name, content);
  await changeImport(context, id, { mapping });
  await checkImport(context, id);
  await workOn(context, id);
  if (content === PEOPLE_CSV) await fixRow(context, id, { row: 5, cells: { Wait: '5' } });
  await launchImport(context, id, { name: 'People', start: 'now', skipBad: true });
  const batchId = must((await workOn(context, id)).batchId, 'The batch of the import');
  await failAll(batchId);
  return { id, batchId };
}

/** Fails the pending items of a batch without a consumer. */
export async function failAll(batchId: string): Promise<void> {
  await pool().query(
    `with done as (update job set status = 'failed', error = '{"message":"=no such address"}',
       finished_at = now() where batch_id = $1 and status = 'pending' returning 1)
     update batch set status = 'failed', finished_at = now(), failed = failed + (select count(*) from done) where id = $1`,
    [batchId],
  );
}

const TYPES = {
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** Returns the errors file of a batch, and the table that its columns belong to. */
export const errorsFile = async (context: Context, batchId: string, query: ErrorsQuery = { format: 'csv' }) => {
  const response = await sendErrors(context, batchId, query);
  return {
    columns: response.headers.get('x-errors-columns'),
    bytes: Buffer.from(await response.arrayBuffer()),
  };
};

/** Formats lines as CSV, without the byte order mark. */
export const errorLines = async (context: Context, batchId: string, query?: ErrorsQuery) =>
  (await errorsFile(context, batchId, query)).bytes.toString().replace('\ufeff', '').trimEnd().split(/\r?\n/);

/** Uploads a corrected errors file, like its route. */
export async function sendBack(
  context: Context,
  batchId: string,
  body: Buffer | string,
  format: ErrorsQuery['format'] = 'csv',
  dry = false,
) {
  const request = new Request('http://localhost/', {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { 'content-type': TYPES[format] },
  });
  const { corrections } = await readCorrections(request);
  return takeCorrections(context, batchId, { corrections, dry });
}

/** Returns the data of a batch's items in order. */
export const inputsOf = async (batchId: string) =>
  (
    await pool().query<{ data: unknown }>('select data from job where batch_id = $1 order by item_index', [batchId])
  ).rows.map((row) => row.data);
