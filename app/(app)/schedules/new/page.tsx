import type { Metadata } from 'next';
import { NewSchedule } from '@/components/schedule/new-schedule';
import { LaunchOnly } from '@/components/shared/launch-only';

export const metadata: Metadata = { title: 'New schedule' };

export default function NewScheduleRoute() {
  return (
    <LaunchOnly what="schedule">
      <NewSchedule />
    </LaunchOnly>
  );
}
