import type { Metadata } from 'next';
import { EditSchedule } from '@/components/schedule/edit-schedule';
import { LaunchOnly } from '@/components/shared/launch-only';

export const metadata: Metadata = { title: 'Edit schedule' };

export default async function EditScheduleRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return (
    <LaunchOnly what="schedule">
      <EditSchedule key={id} scheduleId={id} />
    </LaunchOnly>
  );
}
