import { env } from '@/lib/config/env';
import { EventLoop } from '@/lib/config/event-loop';
import { cellOf } from '@/lib/contracts/cell';
import type { InputIssue } from '@/lib/contracts/errors';
import { MAX_ISSUES, toIssues } from '@/lib/contracts/issues';
import { isFields } from '@/lib/contracts/json';
import { DomainError } from '@/lib/domain/errors';
import { itemName, valueAsName } from '@/lib/domain/job/item-name';
import type { JobType } from '@/lib/job-types/catalogue';
import { checkInput } from '@/lib/job-types/check-input';

/** One received item: its data and perhaps its name, or why its line could not be parsed. `row` counts from 1. */
export type LaunchItem = { row: number; data: unknown; name?: string | undefined } | { row: number; issue: InputIssue };

export interface CheckedItem {
  name: string | undefined;
  data: unknown;
}

/** Returns the name of an item: its own, else its value of the field `nameBy`, else what its type calls it. */
function nameOf(type: JobType, data: unknown, own: string | undefined, nameBy: string | null): string | undefined {
  if (own !== undefined) return own;
  const value = nameBy === null || !isFields(data) ? undefined : cellOf(data, nameBy);
  return valueAsName(value) ?? itemName(type, data);
}

/**
 * Validates items against the type's schema and yields them one by one. After the first invalid item it yields no more;
 * it reads the rest only to report up to 100 issues.
 * @param nameBy the field whose values are the names of the items
 * @throws DomainError `invalid-items` with row and path, `payload-too-large`
 */
export async function* checkItems(
  type: JobType,
  items: AsyncIterable<LaunchItem>,
  nameBy: string | null = null,
): AsyncGenerator<CheckedItem> {
  const limit = env().MAX_BATCH_ITEMS;
  const issues: InputIssue[] = [];
  let count = 0;
  const eventLoop = new EventLoop();
  for await (const item of items) {
    // One chunk of a body may contain thousands of items. Without a yield they would block the event loop.
    if (eventLoop.due) await eventLoop.yield();
    count += 1;
    if (count > limit) {
      throw new DomainError('payload-too-large', `A batch may have at most ${limit} items; split it into several.`);
    }
    if ('issue' in item) {
      issues.push({ ...item.issue, row: item.row });
    } else {
      const parsed = checkInput(type, item.data);
      if (parsed.success) {
        if (issues.length === 0) yield { name: nameOf(type, parsed.data, item.name, nameBy), data: parsed.data };
      } else {
        issues.push(...toIssues(parsed.error).map((issue) => ({ ...issue, row: item.row })));
      }
    }
    if (issues.length >= MAX_ISSUES) break;
  }
  if (issues.length > 0) {
    const rows = new Set(issues.map((i) => i.row)).size;
    throw new DomainError(
      'invalid-items',
      `${issues.length >= MAX_ISSUES ? `At least ${rows}` : rows} ${rows === 1 ? 'item does' : 'items do'} not fit ${type}. Nothing was created; correct the rows and launch again.`,
      { errors: issues.slice(0, MAX_ISSUES) },
    );
  }
}
