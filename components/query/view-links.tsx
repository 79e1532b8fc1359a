'use client';

import { Bookmark } from 'lucide-react';
import { usePathname, useSearchParams } from 'next/navigation';
import { cn } from '@/components/ui/cn';
import { formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { links } from '@/lib/client/links';
import { useViewCounts, useViews } from '@/lib/client/queries/views';
import { MAX_COUNTED } from '@/lib/contracts/bounds';
import type { ViewCount } from '@/lib/contracts/view';
import { columnsText } from './use-list-query';

/** Views in the navigation; the others are in the menu of their list. */
const MOST = 8;

/** `12`, `1,000+` beyond what is counted, `40+` where the search was not finished. */
const countText = ({ found, more }: ViewCount): string =>
  `${formatNumber(Math.min(found, MAX_COUNTED))}${more ? '+' : ''}`;

/** The saved views in the navigation, with how many each finds. */
export function ViewLinks({ className }: { className: string }) {
  const { data: views = [] } = useViews();
  const { data: counts } = useViewCounts({ enabled: views.length > 0 });
  const path = usePathname();
  const params = useSearchParams();
  if (views.length === 0) return null;
  return (
    <section aria-label="Saved views" className={cn('mt-4 min-h-0 overflow-y-auto', className)}>
      <h2 className="px-2 pb-1 text-muted text-xs">Views</h2>
      <ul className="flex flex-col gap-0.5">
        {views.slice(0, MOST).map((view) => {
          const isOpen =
            path === `/${view.of}` &&
            params.get('query') === view.query &&
            (params.get('columns') ?? '') === columnsText(view.columns);
          const count = counts?.get(view.id);
          return (
            <li key={view.id}>
              <Link
                href={links.view(view)}
                aria-current={isOpen ? 'page' : undefined}
                title={`${view.of}: ${view.query || 'everything'}`}
                className={cn(
                  'flex h-7 items-center gap-2.5 rounded-md px-2 text-muted text-sm hover:bg-hover hover:text-ink [&_svg]:size-3.5 [&_svg]:shrink-0',
                  isOpen && 'bg-selected font-medium text-accent hover:text-accent',
                )}
              >
                <Bookmark />
                <span className="min-w-0 flex-1 truncate">{view.name}</span>
                {count ? <span className="text-xs tabular-nums">{countText(count)}</span> : null}
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
