import type { CreateImportBody, ImportDto } from '@/lib/contracts/import';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file/store-file';
import { createImport } from '@/lib/domain/import/create-import';
import { getImport } from '@/lib/domain/import/imports';
import { runImport } from '@/lib/domain/import/running/run-import';

/** Stores a file like an upload and returns its id. */
export async function storeText(context: Context, name: string, content: string | Uint8Array): Promise<string> {
  const body = (async function* () {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024);
  })();
  return (await storeFile(context, { name, body })).fileId;
}

/** Creates an import of one file and runs its work until a user would have to map it. */
export async function bring(
  context: Context,
  name: string,
  content: string | Uint8Array,
  more: Partial<CreateImportBody> = {},
): Promise<ImportDto> {
  const fileId = await storeText(context, name, content);
  const made = await createImport(context, { type: 'diagnostic', content: 'rows', fileIds: [fileId], ...more });
  return made.import.status === 'reading' ? workOn(context, made.import.id) : made.import;
}

/** Does the work of an import in this process instead of a worker. */
export async function workOn(context: Context, id: string): Promise<ImportDto> {
  const { rows } = await pool().query<{ revision: number }>('select revision from import where id = $1', [id]);
  const run = { signal: new AbortController().signal, progress: () => undefined };
  await runImport(context, { importId: id, revision: rows[0]?.revision ?? 0 }, run);
  return (await getImport(context, id)).import;
}
