import { definitionOf, type JobType } from '@/lib/job-types/catalogue';

/** As much as a table cell shows. A title inside of an item may be a whole page. */
const MAX_LENGTH = 300;

/** The name that the job type finds in the data of an item, for items without a name. */
export const itemName = (type: JobType, data: unknown): string | undefined =>
  definitionOf(type)
    .itemName?.(data as never)
    ?.slice(0, MAX_LENGTH);
