import { useMemo } from 'react';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import type { AuditFilters } from '@/lib/client/keys';

/** The filters as the URL holds them. Days are of the user's time zone. */
export interface ShownFilters {
  actor: string;
  /** `batch`, or one action such as `batch.cancel` */
  what: string;
  target: string;
  /** `2026-11-29` */
  from: string;
  to: string;
}

const LONGEST = 200;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the filters of the audit log from the URL; `scope` is the same as text. */
export function useAuditFilters(): { shown: ShownFilters; filters: AuditFilters; scope: string } {
  const [params] = useUrlFilters();
  const text = (name: keyof ShownFilters): string => params.get(name)?.slice(0, LONGEST) ?? '';
  const day = (name: 'from' | 'to'): string => (DAY.test(text(name)) ? text(name) : '');
  const shown = { actor: text('actor'), what: text('what'), target: text('target'), from: day('from'), to: day('to') };
  const scope = JSON.stringify(toQuery(shown));
  return { shown, filters: useMemo(() => JSON.parse(scope) as AuditFilters, [scope]), scope };
}

/** Returns the query of the API: an entity means all of its actions, and the last day is included whole. */
export function toQuery({ actor, what, target, from, to }: ShownFilters): AuditFilters {
  return {
    ...(actor ? { actor } : {}),
    ...(/^[a-z-]+(\.[a-z-]+)?$/.test(what) ? { action: what.includes('.') ? what : `${what}.*` } : {}),
    ...(target ? { target } : {}),
    ...(startOf(from) ? { from: startOf(from) } : {}),
    ...(startOf(to, 1) ? { to: startOf(to, 1) } : {}),
  };
}

/** Returns the begin of a day of the user's time zone in UTC. @param later in days */
function startOf(day: string, later = 0): string {
  if (!day) return '';
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const begin = new Date(year, month - 1, date + later);
  return Number.isNaN(begin.getTime()) ? '' : begin.toISOString();
}
