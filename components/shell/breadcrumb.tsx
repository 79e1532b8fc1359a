'use client';

import { ChevronRight } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { titleOf } from '@/components/bulk-action/action-words';
import { sectionOf } from '@/components/shared/settings-sections';
import { shortId } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { keys } from '@/lib/client/keys';
import { useCached } from '@/lib/client/queries/use-cached';
import type { BatchDto } from '@/lib/contracts/batch';
import type { BulkActionDto } from '@/lib/contracts/bulk-action';
import type { FlowDto } from '@/lib/contracts/flow';
import type { JobDetailDto } from '@/lib/contracts/job';
import type { ScheduleDto } from '@/lib/contracts/schedule';
import { NAV_ITEMS } from './navigation';

interface Crumb {
  href: string;
  text: string;
}

/**
 * Returns the breadcrumbs. Names come from the query cache; until they are loaded, the id's last characters are shown.
 */
function useCrumbs(): Crumb[] {
  const [room = '', id = ''] = usePathname().split('/').filter(Boolean);
  const batch = useCached<BatchDto>(keys.batches.detail(room === 'batches' ? id : ''));
  const job = useCached<JobDetailDto>(keys.jobs.detail(room === 'jobs' ? id : ''));
  const flow = useCached<FlowDto>(keys.flows.tree(room === 'flows' ? id : ''));
  const schedule = useCached<ScheduleDto>(keys.schedules.detail(room === 'schedules' ? id : ''));
  const bulkAction = useCached<BulkActionDto>(keys.bulkActions.detail(room === 'bulk-actions' ? id : ''));
  if (room === '') return [{ href: '/', text: 'Overview' }];
  if (room === 'settings') {
    const section = sectionOf(`/settings/${id}`);
    const home = { href: '/settings', text: 'Settings' };
    return section ? [home, { href: section.href, text: section.title }] : [home];
  }
  if (room === 'batches') {
    const home = { href: '/batches', text: 'Batches' };
    if (!id) return [home];
    return [home, { href: `/batches/${id}`, text: id === 'new' ? 'New batch' : (batch?.name ?? shortId(id)) }];
  }
  if (room === 'flows') {
    const home = { href: '/flows', text: 'Flows' };
    if (!id) return [home];
    return [home, { href: `/flows/${id}`, text: id === 'new' ? 'New flow' : (flow?.name ?? shortId(id)) }];
  }
  if (room === 'schedules') {
    const home = { href: '/schedules', text: 'Schedules' };
    if (!id) return [home];
    return [home, { href: `/schedules/${id}`, text: id === 'new' ? 'New schedule' : (schedule?.name ?? shortId(id)) }];
  }
  if (room === 'jobs') {
    const last = { href: `/jobs/${id}`, text: job?.name ?? shortId(id) };
    if (!id) return [{ href: '/jobs', text: 'Jobs' }];
    if (!job?.batchId) return [{ href: '/jobs', text: 'Jobs' }, last];
    return [
      { href: '/batches', text: 'Batches' },
      { href: `/batches/${job.batchId}`, text: job.batchName ?? shortId(job.batchId) },
      last,
    ];
  }
  const page = NAV_ITEMS.find(({ href }) => href === `/${room}`);
  if (!page) return [];
  const home = { href: page.href, text: page.title };
  if (!id) return [home];
  return [home, { href: `${page.href}/${id}`, text: bulkAction ? titleOf(bulkAction) : shortId(id) }];
}

export function Breadcrumb() {
  const crumbs = useCrumbs();
  return (
    <nav aria-label="Breadcrumb" className="min-w-0 flex-1">
      <ol className="flex min-w-0 items-center gap-1 text-sm max-md:px-2">
        {crumbs.map(({ href, text }, i) => {
          const last = i === crumbs.length - 1;
          return (
            <li key={href} className={last ? 'min-w-0' : 'flex shrink-0 items-center gap-1 max-sm:hidden'}>
              {last ? (
                <span aria-current="page" className="block truncate font-medium" title={text}>
                  {text}
                </span>
              ) : (
                <>
                  <Link href={href} className="max-w-48 truncate text-muted hover:text-ink">
                    {text}
                  </Link>
                  <ChevronRight className="size-3.5 text-faint" aria-hidden="true" />
                </>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
