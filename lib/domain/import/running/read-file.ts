import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { inspectionOrError, saveInspection } from '@/lib/domain/import/create-import';
import { findImport, type ImportFindings, type ImportRow, overridesOf } from '@/lib/domain/import/import-row';
import { inspectFiles, inspectTable, withOverrides } from '@/lib/domain/import/inspect-files';
import { fetchFile } from './fetch-file';
import type { WorkControl } from './import-work';
import { sheetsOf, unpackWorkbook } from './unpack-workbook';

/** Fetches the file of a URL, unpacks a workbook, and inspects the table. */
export async function readFile(
  context: Context,
  stored: ImportRow,
  control: WorkControl,
): Promise<{ outcome: 'done' | 'void' }> {
  let row = stored;
  if (row.files.length === 0 && row.url) {
    const file = await fetchFile(context, row.url, control);
    row = { ...row, files: [file], bytes_total: file.size };
    await keepFile(row, file.fileId);
  }
  const overrides = overridesOf(stored) ?? {};
  const inspection = await inspectionOrError(() => inspectFiles(context, row.files, row.type, overrides));
  if ('reading' in inspection && inspection.reading.format === 'xlsx') {
    const [workbook] = row.files;
    if (!workbook) return { outcome: 'void' };
    const found: ImportFindings = {
      remarks: [],
      suggested: [],
      overrides,
      sheets: await sheetsOf(context, workbook, control),
    };
    row = { ...row, detected: found, reading: inspection.reading };
    await keepSheets(row);
    const wanted = { ...(row.reading?.sheet !== undefined && { sheet: row.reading.sheet }), ...overrides };
    const table = await unpackWorkbook(context, workbook, wanted, control);
    row = { ...row, detected: { ...found, table }, bytes_total: table.size };
    await keepFile(row, table.fileId);
    const { header = true, headerRow, sheet, remarks = [] } = table;
    const reading = withOverrides(
      { ...inspection.reading, header, ...(headerRow && { headerRow }) },
      { ...overrides, sheet },
    );
    return storeResult(
      context,
      row,
      await inspectionOrError(() => inspectTable(context, { files: [table], reading, columns: [] }, remarks)),
    );
  }
  return storeResult(context, row, inspection);
}

/** The sheet list is stored before a sheet is read, so that the user can choose another one if reading fails. */
async function keepSheets({ id, revision, detected, reading }: ImportRow): Promise<void> {
  await pool().query(
    sql`update import set detected = ${JSON.stringify(detected)}, reading = ${JSON.stringify(reading)} where id = ${id} and revision = ${revision}`,
  );
}

/** Records that the import uses a file that this work stored, so that the sweep does not delete it. */
async function keepFile(row: ImportRow, fileId: string): Promise<void> {
  await pool().query(
    sql`with kept as (
       update import set files = ${JSON.stringify(row.files)}, bytes_total = ${row.bytes_total} where id = ${row.id} and revision = ${row.revision} returning id)
     insert into file_use (file_id, owner_id) select ${fileId}, id from kept on conflict do nothing`,
  );
}

async function storeResult(
  context: Context,
  row: ImportRow,
  inspection: Awaited<ReturnType<typeof inspectionOrError>>,
): Promise<{ outcome: 'done' | 'void' }> {
  return transaction(async (tx) => {
    const now = await findImport(tx.db, context, row.id, { lock: true });
    if (now.revision !== row.revision || now.status !== 'reading') return { outcome: 'void' };
    await saveInspection(tx, context, { ...now, detected: row.detected }, inspection);
    return { outcome: 'done' };
  });
}
