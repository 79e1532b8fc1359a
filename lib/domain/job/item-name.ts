import { definitionOf, type JobType } from '@/lib/job-types/catalogue';

/** What a table cell holds; a title inside of an item may be a whole page. */
const MAX_LENGTH = 300;

/** The name that its type finds in an item, for those that were given none. */
export const itemName = (type: JobType, data: unknown): string | undefined =>
  definitionOf(type)
    .itemName?.(data as never)
    ?.slice(0, MAX_LENGTH);
