import { formatCount } from '@/components/ui/format';
import { STATUS_LOOK } from '@/components/ui/status';
import type { Item } from './view';
import { sayFan } from './view';

/** Returns the text for screen readers: `build, completed, waits for 2 jobs`. */
export function describeItem(item: Item): string {
  if (item.kind === 'fan') {
    const more = `${formatCount(item.count, 'job')}${item.whole ? '' : ' more'}`;
    return item.planned ? more : `${more}: ${sayFan(item)}`;
  }
  const { name, type, status, childCount } = item.node;
  return [
    name,
    status ? STATUS_LOOK[status].word : type,
    childCount > 0 ? `waits for ${formatCount(childCount, 'job')}` : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
