import { formatCount } from '@/components/ui/format';
import { fieldsOf } from '@/components/ui/schema-fields';
import type { JobTypeDto } from '@/lib/contracts/job-type';

const FEW = 5;

/** A few names, and how many more there are. */
const listed = (names: readonly string[]): string =>
  names.length > FEW ? `${names.slice(0, FEW).join(', ')} + ${names.length - FEW} more` : names.join(', ');

/** What an item must have; what it may have besides is counted. */
export function needsOf({ acceptsFiles, inputSchema }: Pick<JobTypeDto, 'acceptsFiles' | 'inputSchema'>): string {
  if (acceptsFiles) return 'files, or rows';
  const fields = fieldsOf(inputSchema);
  const required = fields.filter((field) => field.required).map((field) => field.name);
  const optional = fields.length - required.length;
  if (fields.length === 0) return 'anything';
  if (required.length === 0)
    return optional === 1 ? `${fields[0]?.name}, if wanted` : `any of ${listed(names(fields))}`;
  return `${listed(required)}${optional ? ` (${formatCount(optional, 'more', 'more')} optional)` : ''}`;
}

/** What its result holds. */
export const givesOf = ({ outputSchema }: Pick<JobTypeDto, 'outputSchema'>): string =>
  listed(names(fieldsOf(outputSchema))) || 'anything';

const names = (fields: readonly { name: string }[]): string[] => fields.map((field) => field.name);
