import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, may } from '@/lib/domain/context';
import type { Door } from '@/lib/domain/redaction/door';
import { problemWith, type Workforce } from '@/lib/domain/schedule/problem';
import { counted, type Found, MAX_ITEMS, moreOf } from './item';

/** Hours for which a firing that was missed or has failed is listed. */
const RECENT_HOURS = 24;

/** Schedules that were paused because they failed too often, or because their times are not understood. */
export async function findPausedSchedules(context: Context): Promise<Found[]> {
  const { rows } = await pool().query<{ id: string; name: string; why: string; since: Date; by: string }>(
    sql`select id, name, paused_why as why, paused_at as since, created_by_id as by from schedule
     where organization_id = ${context.organizationId} and paused_at is not null and paused_why is not null order by paused_at desc`,
  );
  const items = rows.slice(0, MAX_ITEMS).map(
    ({ id, name, why, since, by }): Found => ({
      id: `schedule-paused:${id}`,
      kind: 'schedule-paused',
      severity: 'critical',
      since,
      count: 1,
      text: `The schedule ${name} was paused. ${why}`,
      link: `/schedules/${id}`,
      actions: mayChange(context, by)
        ? [
            {
              label: 'Resume',
              method: 'PATCH',
              path: `/api/schedules/${id}`,
              body: { paused: false },
              permission: 'schedule.update',
            },
          ]
        : [],
    }),
  );
  const rest = rows.slice(MAX_ITEMS);
  if (rest.length > 0) {
    items.push(
      moreOf({
        kind: 'schedule-paused',
        severity: 'critical',
        since: rest[0]?.since ?? null,
        count: rest.length,
        text: `${counted(rest.length, 'more schedule was', 'more schedules were')} paused after failures.`,
        link: '/schedules',
      }),
    );
  }
  return items;
}

const mayChange = (context: Context, createdById: string): boolean =>
  createdById === context.actor.id || may(context, 'schedule.change-others');

/** Active schedules that can launch nothing, because no worker runs their types. */
export async function findSchedulesWithoutWorker(context: Context, workforce: Workforce): Promise<Found[]> {
  const { rows } = await pool().query<{ id: string; name: string; types: string[] }>(
    sql`select id, name, types from schedule where organization_id = ${context.organizationId} and next_at is not null order by id`,
  );
  const byProblem = new Map<string, typeof rows>();
  for (const schedule of rows) {
    const problem = problemWith(schedule.types, workforce);
    if (problem !== null) byProblem.set(problem, [...(byProblem.get(problem) ?? []), schedule]);
  }
  return [...byProblem].slice(0, MAX_ITEMS).map(([problem, schedules]): Found => {
    const [first] = schedules;
    const single = schedules.length === 1 ? first : undefined;
    return {
      id: `schedule-no-worker:${first?.types.join() ?? ''}`,
      kind: 'schedule-no-worker',
      severity: 'warning',
      since: null,
      count: schedules.length,
      text: single
        ? `The schedule ${single.name} can launch nothing. ${problem}`
        : `${counted(schedules.length, 'schedule')} can launch nothing. ${problem}`,
      link: single ? `/schedules/${single.id}` : '/schedules',
      actions: [],
    };
  });
}

interface Unfired {
  id: string;
  name: string;
  status: 'missed' | 'failed';
  count: number;
  since: Date;
  why: string | null;
}

/**
 * Firings of the last day that were missed and after which nobody ran the schedule by hand, and launches that failed and
 * after which none has succeeded. A backfill changes the firings themselves.
 */
export async function findUnfired(context: Context, { door }: { door: Door }): Promise<Found[]> {
  const { rows } = await pool().query<Unfired>(
    sql`with unfired as materialized (
       select s.id, s.name, f.status, f.due_at, f.why from schedule s
         join schedule_firing f on f.schedule_id = s.id and f.status in ('missed', 'failed')
           and f.due_at > now() - make_interval(hours => ${RECENT_HOURS})
       where s.organization_id = ${context.organizationId}),
     of as (
       select u.id, (select max(h.due_at) from schedule_firing h
           where h.schedule_id = u.id and h.kind = 'hand' and h.status in ('queued', 'launched')) as by_hand_at,
         (select l.due_at from schedule_firing l
           where l.schedule_id = u.id and l.status = 'launched' order by l.due_at desc limit 1) as launched_at
       from (select distinct id from unfired) u)
     select u.id, u.name, u.status, count(*)::int as count, max(u.due_at) as since, (array_agg(u.why order by u.due_at desc))[1] as why
     from unfired u join of on of.id = u.id
     where u.due_at > coalesce(case when u.status = 'missed' then of.by_hand_at else of.launched_at end, '-infinity')
     group by u.id, u.name, u.status order by since desc`,
  );
  return (['missed', 'failed'] as const).flatMap((status) => {
    const of = rows.filter((row) => row.status === status);
    const items = of.slice(0, MAX_ITEMS).map((row) => toUnfired(row, door));
    const more = of.length - items.length;
    return more > 0 ? [...items, restOf(status, more, of[MAX_ITEMS]?.since ?? null)] : items;
  });
}

function toUnfired({ id, name, status, count, since, why }: Unfired, door: Door): Found {
  const missed = status === 'missed';
  return {
    id: `schedule-${status}:${id}`,
    kind: `schedule-${status}`,
    severity: 'warning',
    since,
    count,
    text: missed
      ? `The schedule ${name} missed ${counted(count, 'due time')}: no supervisor was there.`
      : `The schedule ${name} could not launch, ${counted(count, 'time')}. ${why === null ? '' : door.message(why)}`.trim(),
    link: `/schedules/${id}`,
    actions: [
      { label: 'Run now', method: 'POST', path: `/api/schedules/${id}/run`, body: {}, permission: 'schedule.run' },
    ],
  };
}

const restOf = (status: 'missed' | 'failed', more: number, since: Date | null): Found =>
  moreOf({
    kind: `schedule-${status}`,
    severity: 'warning',
    since,
    count: more,
    text: `${counted(more, 'more schedule')} ${status === 'missed' ? 'missed due times' : 'could not launch'} in the last ${RECENT_HOURS} hours.`,
    link: '/schedules',
  });
