import { Layers, LayoutGrid, type LucideIcon, Plus, Rows3, Settings, Workflow } from 'lucide-react';

export interface Room {
  href: string;
  title: string;
  icon: LucideIcon;
  /** found in the search box under these words too */
  words: string;
}

/** Every place that the rail leads to. */
export const ROOMS: readonly Room[] = [
  { href: '/', title: 'Overview', icon: LayoutGrid, words: 'home dashboard running capacity workers' },
  { href: '/batches', title: 'Batches', icon: Layers, words: 'launches runs' },
  { href: '/jobs', title: 'Jobs', icon: Rows3, words: 'items children tasks' },
  { href: '/flows', title: 'Flows', icon: Workflow, words: 'trees pipelines dependencies parents children' },
  { href: '/batches/new', title: 'New batch', icon: Plus, words: 'launch upload create start files' },
];

/** What the search box leads to besides: the rooms, and places that are reached from elsewhere. */
export const PLACES: readonly Room[] = [
  ...ROOMS,
  { href: '/flows/new', title: 'New flow', icon: Plus, words: 'compose tree create' },
  { href: '/settings', title: 'Settings', icon: Settings, words: 'secrets tokens' },
];

/** Whether the rail is folded to icons; read by the server, so that nothing jumps. */
export const RAIL_COOKIE = 'batchyard-rail';

/** The room that a path belongs to: the longest that contains it. */
export function roomOf(path: string): Room | undefined {
  const inside = (room: Room) =>
    room.href === '/' ? path === '/' : path === room.href || path.startsWith(`${room.href}/`);
  return ROOMS.filter(inside).sort((a, b) => b.href.length - a.href.length)[0];
}
