import type { ImportDto } from '@/lib/contracts/import';
import { pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { type ImportRow, toImportDto } from './rows';

const MOST = 20;

/** The newest imports that have not become a batch, to go on with. */
export async function listImports(context: Context): Promise<{ imports: ImportDto[] }> {
  const { rows } = await pool().query<ImportRow>(
    `select * from import where organization_id = $1 and status <> 'launched' order by id desc limit ${MOST}`,
    [context.organizationId],
  );
  // A list needs neither sample rows nor the places of the job type.
  return { imports: rows.map((row) => ({ ...toImportDto(row), preview: [], fields: [] })) };
}
