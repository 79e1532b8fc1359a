import type { Metadata } from 'next';
import { SchedulePage } from '@/components/schedule/schedule-page';

export const metadata: Metadata = { title: 'Schedule' };

export default async function ScheduleRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <SchedulePage key={id} scheduleId={id} />;
}
