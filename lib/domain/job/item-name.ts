import { cleanLine } from '@/lib/contracts/text';
import { definitionOf, type JobType } from '@/lib/job-types/catalogue';

/** The length that a table cell shows. A title in an item may be as long as a page. */
const MAX_LENGTH = 300;
/** The longest name that a value of the data gives an item, in characters. */
const MAX_VALUE = 200;

/** Returns the name that the job type derives from an item's data, as one line, for items without a name. */
export function itemName(type: JobType, data: unknown): string | undefined {
  const found = definitionOf(type).itemName?.(data);
  return found === undefined ? undefined : cleanLine(found.slice(0, MAX_LENGTH));
}

/** Returns a value of the data as the name of an item, in one line; undefined if it is empty, an object or a list. */
export function valueAsName(value: unknown): string | undefined {
  if (value === null || value === undefined || typeof value === 'object') return undefined;
  return cleanLine(String(value).slice(0, MAX_VALUE)) || undefined;
}
