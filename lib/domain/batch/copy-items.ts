import type pg from 'pg';
import { FileFields } from '@/lib/domain/file/use-files';
import type { JobType } from '@/lib/job-types/catalogue';
import { checkItems, type LaunchItem } from './check-items';
import { copyRows, type SharedColumns } from './copy-rows';

interface Target {
  shared: SharedColumns & { type: JobType };
  table?: 'job' | 'added_item';
  /** the field whose values are the names of the items */
  nameBy: string | null;
  /** refuses the nth child of an organization that has no room for it */
  requireRoom: (count: number) => void;
}

/**
 * Checks the items of a launch and writes them as children, in their order, one at a time. Until the last one the
 * connection does nothing else, and a connection that waits for rows forever would never be free again.
 * @returns how many there are, and the files that they name
 * @throws DomainError `invalid-items` and what the limits of the organization refuse; then nothing was written
 */
export async function copyItems(
  client: pg.PoolClient,
  items: AsyncIterable<LaunchItem>,
  { shared, table, nameBy, requireRoom }: Target,
): Promise<{ count: number; files: FileFields }> {
  const files = new FileFields();
  const rows = copyRows(client, shared, table);
  let count = 0;
  try {
    for await (const item of checkItems(shared.type, items, nameBy)) {
      count += 1;
      requireRoom(count);
      files.note(item.data);
      await rows.write(item.name, item.data);
    }
  } catch (error) {
    rows.abort();
    throw error;
  }
  return { count: await rows.end(), files };
}
