'use client';

import { useRef } from 'react';
import { Notice } from '@/components/ui/notice';
import { Page, PageHeader } from '@/components/ui/panel';
import { RecordProblem } from '@/components/ui/record-problem';
import { Skeleton } from '@/components/ui/skeleton';
import { useSchedule } from '@/lib/client/queries/schedules';
import { type Draft, draftOf } from './draft';
import { ScheduleForm } from './schedule-form';

/** The page that changes a schedule. What others change meanwhile does not change what is typed. */
export function EditSchedule({ scheduleId }: { scheduleId: string }) {
  const { data: schedule, error, isFetching, refetch } = useSchedule(scheduleId);
  const initial = useRef<Draft | null>(null);
  if (schedule) initial.current ??= draftOf(schedule);
  return (
    <Page>
      <PageHeader title={schedule ? `Edit ${schedule.name}` : 'Edit schedule'} />
      {initial.current ? (
        <>
          {schedule && !('launch' in schedule) ? (
            <Notice>
              What it launches is not shown to you, because your membership does not show the contents of jobs. It stays
              as it is unless you enter something else.
            </Notice>
          ) : null}
          <ScheduleForm id={scheduleId} initial={initial.current} />
        </>
      ) : error ? (
        <RecordProblem what="schedule" error={error} onRetry={() => void refetch()} retrying={isFetching} />
      ) : (
        <Skeleton className="h-64 w-full" />
      )}
    </Page>
  );
}
