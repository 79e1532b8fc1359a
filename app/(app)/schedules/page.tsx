import type { Metadata } from 'next';
import { ScheduleList } from '@/components/schedule/schedule-list';
import { NewRecord } from '@/components/shared/new-record';
import { Page, PageHeader } from '@/components/ui/panel';

export const metadata: Metadata = { title: 'Schedules' };

export default function SchedulesPage() {
  return (
    <Page className="h-full min-h-120">
      <PageHeader title="Schedules" actions={<NewRecord what="schedule" />} />
      <ScheduleList />
    </Page>
  );
}
