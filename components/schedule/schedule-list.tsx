'use client';

import { CalendarClock } from 'lucide-react';
import { NoRecords } from '@/components/shared/no-records';
import { RecordList } from '@/components/ui/record-list';
import { SearchInput } from '@/components/ui/search-input';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { textParam, useUrlFilters } from '@/components/ui/use-url-filters';
import { useSchedules } from '@/lib/client/queries/schedules';
import { SCHEDULE_COLUMNS, ScheduleHeader, ScheduleRow, ScheduleRowSkeletons } from './schedule-row';

const NO_SCHEDULES = (
  <NoRecords what="schedules" icon={<CalendarClock />} begin="schedule">
    A schedule launches a batch, a job or a flow by the clock: every night, every 15 minutes, on the last day of the
    month.
  </NoRecords>
);

/** The live list of all schedules, newest first. */
export function ScheduleList() {
  const [params, change] = useUrlFilters();
  const filters = textParam(params, 'q');
  const scope = JSON.stringify(filters);
  const query = useSchedules(filters.q);
  const held = useHeldRows(query.data?.pages.flatMap((page) => page.schedules) ?? [], query, scope);
  return (
    <>
      <search className="flex flex-wrap items-center gap-2">
        <SearchInput
          label="Search schedules"
          placeholder="Name or id"
          value={filters.q ?? ''}
          onSearch={(q) => change({ q })}
          className="w-full sm:w-60"
        />
      </search>
      <RecordList
        what="schedules"
        query={query}
        rows={held.rows}
        columns={SCHEDULE_COLUMNS}
        header={<ScheduleHeader />}
        skeletons={<ScheduleRowSkeletons count={8} />}
        empty={NO_SCHEDULES}
        renderRow={(schedule) => <ScheduleRow schedule={schedule} />}
        scope={scope}
        waiting={held.waiting}
        onShowWaiting={held.release}
      />
    </>
  );
}
