import { formatCount } from '@/components/ui/format';
import { fieldsOf } from '@/components/ui/schema-fields';
import type { JobTypeDto } from '@/lib/contracts/job-type';

const FEW = 5;

/** Returns the first names, and the number of the remaining ones. */
const listed = (names: readonly string[]): string =>
  names.length > FEW ? `${names.slice(0, FEW).join(', ')} + ${names.length - FEW} more` : names.join(', ');

/** Lists the required fields of an item, and counts the optional ones. */
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

/** Lists the fields of the result. */
export const givesOf = ({ outputSchema }: Pick<JobTypeDto, 'outputSchema'>): string =>
  listed(names(fieldsOf(outputSchema))) || 'anything';

const names = (fields: readonly { name: string }[]): string[] => fields.map((field) => field.name);
