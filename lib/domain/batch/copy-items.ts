import type { Context } from '@/lib/domain/context';
import { FileFields } from '@/lib/domain/file/use-files';
import { rowGuard } from '@/lib/domain/organization/limits/require-room';
import type { JobType } from '@/lib/job-types/catalogue';
import { checkItems, type LaunchItem } from './check-items';
import type { copyRows } from './copy-rows';

/**
 * Checks the items of a launch and writes them as children, in their order, one at a time.
 * @returns how many there are, and the files that they name
 * @throws DomainError `invalid-items` and what the limits of the organization refuse; then nothing was written
 */
export async function copyItems(
  context: Context,
  type: JobType,
  items: AsyncIterable<LaunchItem>,
  rows: ReturnType<typeof copyRows>,
): Promise<{ count: number; files: FileFields }> {
  const files = new FileFields();
  const requireRoom = await rowGuard(context);
  let count = 0;
  try {
    for await (const item of checkItems(type, items)) {
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
