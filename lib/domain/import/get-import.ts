import type { ImportDto } from '@/lib/contracts/import';
import type { Context } from '@/lib/domain/context';
import { readImport } from './rows';

/** An import as it stands: how it is read, mapped, how far its work is. @throws DomainError `not-found` */
export async function getImport(context: Context, id: string): Promise<{ import: ImportDto }> {
  return { import: await readImport(context, id) };
}
