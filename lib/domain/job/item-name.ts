import { cleanLine } from '@/lib/contracts/text';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';

/** The length that a table cell shows. A title in an item may be as long as a page. */
const MAX_LENGTH = 300;

/** Returns the name that the job type derives from an item's data, as one line, for items without a name. */
export function itemName(type: JobType, data: unknown): string | undefined {
  const found = definitionOf(type).itemName?.(data);
  return found === undefined ? undefined : cleanLine(found.slice(0, MAX_LENGTH));
}
