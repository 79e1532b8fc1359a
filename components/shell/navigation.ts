import {
  CalendarClock,
  ChartLine,
  Inbox,
  Layers,
  LayoutGrid,
  ListChecks,
  type LucideIcon,
  Plus,
  Rows3,
  Settings,
  Workflow,
} from 'lucide-react';
import { roleReason } from '@/components/shared/gating';
import { SETTINGS_SECTIONS } from '@/components/shared/settings-sections';
import { useViewer } from '@/lib/client/queries/system';
import type { Permission } from '@/lib/contracts/permissions';

export interface NavItem {
  href: string;
  title: string;
  icon: LucideIcon;
  /** more search terms for the search box */
  words: string;
  /** absent for roles without it */
  permission?: Permission;
  /** behind “More” at the bottom of a phone, where there is room for few */
  behindMore?: true;
}

/** The pages of the main navigation. */
export const NAV_ITEMS: readonly NavItem[] = [
  { href: '/', title: 'Overview', icon: LayoutGrid, words: 'home dashboard running capacity workers' },
  { href: '/batches', title: 'Batches', icon: Layers, words: 'launches runs' },
  { href: '/jobs', title: 'Jobs', icon: Rows3, words: 'items children tasks' },
  { href: '/flows', title: 'Flows', icon: Workflow, words: 'trees pipelines dependencies parents children' },
  {
    href: '/schedules',
    title: 'Schedules',
    icon: CalendarClock,
    words: 'cron clock timer interval recurring nightly',
    behindMore: true,
  },
  {
    href: '/dead-letters',
    title: 'Dead letters',
    icon: Inbox,
    words: 'failed failures errors dlq redrive discard retry reasons',
    behindMore: true,
  },
  {
    href: '/bulk-actions',
    title: 'Bulk actions',
    icon: ListChecks,
    words: 'many selection retry cancel discard delete progress records',
    behindMore: true,
  },
  {
    href: '/history',
    title: 'History',
    icon: ChartLine,
    words: 'charts metrics throughput failures durations waiting queue depth workers statistics',
    permission: 'job.see',
    behindMore: true,
  },
  {
    href: '/batches/new',
    title: 'New batch',
    icon: Plus,
    words: 'launch upload create start files',
    permission: 'batch.launch',
  },
];

/** All pages that the search box finds: those of the navigation, and pages without a navigation item. */
export const DESTINATIONS: readonly NavItem[] = [
  ...NAV_ITEMS,
  { href: '/flows/new', title: 'New flow', icon: Plus, words: 'compose tree create', permission: 'flow.launch' },
  {
    href: '/schedules/new',
    title: 'New schedule',
    icon: Plus,
    words: 'cron create interval recurring',
    permission: 'schedule.create',
  },
  ...SETTINGS_SECTIONS.map(({ href, title, words }) => ({
    href,
    title: `Settings: ${title.toLowerCase()}`,
    icon: Settings,
    words,
  })),
];

/** Returns the items that the role of who is signed in may use. */
export function useOffered(items: readonly NavItem[]): readonly NavItem[] {
  const { data: viewer } = useViewer();
  return items.filter(({ permission }) => permission === undefined || roleReason(viewer, permission) === null);
}

/** Stores whether the rail shows only icons. The server reads it, so that the layout does not jump. */
export const RAIL_COOKIE = 'batchyard-rail';

/** Returns the navigation item of a path: the one whose path is the longest prefix. */
export function navItemOf(path: string): NavItem | undefined {
  const inside = (item: NavItem) =>
    item.href === '/' ? path === '/' : path === item.href || path.startsWith(`${item.href}/`);
  return NAV_ITEMS.filter(inside).sort((a, b) => b.href.length - a.href.length)[0];
}
