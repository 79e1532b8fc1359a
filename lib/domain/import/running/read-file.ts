import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { looked, settle } from '@/lib/domain/import/create-import';
import { lookAtFiles, lookOn, withTold } from '@/lib/domain/import/look';
import { type Found, findImport, type ImportRow } from '@/lib/domain/import/rows';
import { fetchFile } from './fetch-file';
import type { Run } from './run-import';
import { sheetsOf, unpackWorkbook } from './unpack-workbook';

/** Fetches what an address names, unpacks a workbook, and looks at what is then there. */
export async function readFile(context: Context, given: ImportRow, run: Run): Promise<{ outcome: 'done' | 'void' }> {
  let row = given;
  if (row.files.length === 0 && row.url) {
    const file = await fetchFile(context, row.url, run);
    row = { ...row, files: [file], bytes_total: file.size };
    await keepFile(row, file.fileId);
  }
  const told = given.detected?.told ?? {};
  const look = await looked(() => lookAtFiles(context, row.files, row.type, told));
  if ('reading' in look && look.reading.format === 'xlsx') {
    const [workbook] = row.files;
    if (!workbook) return { outcome: 'void' };
    const found: Found = { remarks: [], suggested: [], told, sheets: await sheetsOf(context, workbook, run) };
    row = { ...row, detected: found, reading: look.reading };
    await keepSheets(row);
    const wanted = { ...(row.reading?.sheet !== undefined && { sheet: row.reading.sheet }), ...told };
    const table = await unpackWorkbook(context, workbook, wanted, run);
    row = { ...row, detected: { ...found, table }, bytes_total: table.size };
    await keepFile(row, table.fileId);
    const { header = true, headerRow, sheet, remarks = [] } = table;
    const reading = withTold({ ...look.reading, header, ...(headerRow && { headerRow }) }, { ...told, sheet });
    return finish(context, row, await looked(() => lookOn(context, { files: [table], reading, columns: [] }, remarks)));
  }
  return finish(context, row, look);
}

/** The sheets stay known where none of them can be read, so that another one can be chosen. */
async function keepSheets({ id, revision, detected, reading }: ImportRow): Promise<void> {
  await pool().query(
    sql`update import set detected = ${JSON.stringify(detected)}, reading = ${JSON.stringify(reading)} where id = ${id} and revision = ${revision}`,
  );
}

/** Writes down a file that this work made, so that a sweep leaves it alone. */
async function keepFile(row: ImportRow, fileId: string): Promise<void> {
  await pool().query(
    sql`with kept as (
       update import set files = ${JSON.stringify(row.files)}, bytes_total = ${row.bytes_total} where id = ${row.id} and revision = ${row.revision} returning id)
     insert into file_use (file_id, owner_id) select ${fileId}, id from kept on conflict do nothing`,
  );
}

async function finish(
  context: Context,
  row: ImportRow,
  look: Awaited<ReturnType<typeof looked>>,
): Promise<{ outcome: 'done' | 'void' }> {
  return transaction(async (tx) => {
    const now = await findImport(tx.db, context, row.id, { lock: true });
    if (now.revision !== row.revision || now.status !== 'reading') return { outcome: 'void' };
    await settle(tx, context, { ...now, detected: row.detected }, look);
    return { outcome: 'done' };
  });
}
