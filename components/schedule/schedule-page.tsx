'use client';

import { useEffect } from 'react';
import { ActivityPanel } from '@/components/shared/activity';
import { Notice } from '@/components/ui/notice';
import { Page, PageHeader, Panel } from '@/components/ui/panel';
import { RecordProblem } from '@/components/ui/record-problem';
import { Skeleton } from '@/components/ui/skeleton';
import { StatusBadge } from '@/components/ui/status-mark';
import { Time } from '@/components/ui/time';
import { type TimingBody, useSchedule } from '@/lib/client/queries/schedules';
import type { ScheduleDto } from '@/lib/contracts/schedule';
import { scheduleLook } from './firing-look';
import { FiringsTable } from './firings-table';
import { NextTimes } from './next-times';
import { ScheduleActions } from './schedule-actions';
import { ScheduleFacts } from './schedule-facts';
import { Sparkline } from './sparkline';

/** The live page of a schedule. */
export function SchedulePage({ scheduleId }: { scheduleId: string }) {
  const { data: schedule, error, isFetching, refetch } = useSchedule(scheduleId);
  if (schedule) return <Loaded schedule={schedule} />;
  return (
    <Page>
      {error ? (
        <RecordProblem what="schedule" error={error} onRetry={() => void refetch()} retrying={isFetching} />
      ) : (
        <>
          <p role="status" className="sr-only">
            Loading the schedule
          </p>
          <Skeleton className="h-5 w-64" />
          <Skeleton className="h-40 w-full" />
        </>
      )}
    </Page>
  );
}

function Loaded({ schedule }: { schedule: ScheduleDto }) {
  const { name, paused, pausedWhy, problem } = schedule;
  const { mark, word } = scheduleLook(schedule);
  useEffect(() => {
    document.title = `${name} · Batchyard`;
  }, [name]);
  return (
    <Page>
      <PageHeader
        title={name}
        aside={
          <>
            <StatusBadge filled status={mark} word={word} />
            <Sparkline firings={schedule.recent} timeZone={schedule.timeZone} />
          </>
        }
        meta={
          <>
            by {schedule.createdBy} · <Time at={schedule.createdAt} /> · {schedule.words} in {schedule.timeZone}
          </>
        }
        actions={<ScheduleActions schedule={schedule} />}
      />
      {problem ? (
        <Notice tone="warning" title={problem}>
          One launch waits; further ones are skipped until a worker runs it.
        </Notice>
      ) : null}
      {paused && pausedWhy ? (
        <Notice tone="warning" title={`It was paused: ${pausedWhy}`}>
          Look at what failed, then resume it.
        </Notice>
      ) : null}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <FiringsTable schedule={schedule} />
        <div className="flex flex-col gap-4">
          <Panel title="Next times">
            {paused ? <p className="text-muted text-sm">It is paused.</p> : <NextTimes timing={timingOf(schedule)} />}
          </Panel>
          <ScheduleFacts schedule={schedule} />
          <ActivityPanel kind="schedule" id={schedule.id} moved={`${schedule.updatedAt} ${schedule.lastAt}`} />
        </div>
      </div>
    </Page>
  );
}

/** An interval goes on from its next time. */
const timingOf = ({ cron, everySeconds, timeZone, nextAt, startAt, endAt, exclude }: ScheduleDto): TimingBody => ({
  ...(cron === null ? { everySeconds: everySeconds ?? 0 } : { cron }),
  timeZone,
  startAt: cron === null ? nextAt : startAt,
  endAt,
  exclude,
});
