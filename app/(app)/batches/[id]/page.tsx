import type { Metadata } from 'next';
import { FirstData } from '@/app/(app)/first-data';
import { type Address, ofBatch } from '@/app/(app)/first-reads';
import { BatchPage } from '@/components/batch/batch-page';
import { STEERING_FIELDS } from '@/components/shared/option-fields';

export const metadata: Metadata = { title: 'Batch' };

interface BatchRouteProps {
  params: Promise<{ id: string }>;
  searchParams: Address;
}

export default async function BatchRoute({ params, searchParams }: BatchRouteProps) {
  const { id } = await params;
  return (
    <FirstData key={id} reads={await ofBatch(id, searchParams)}>
      <BatchPage batchId={id} optionFields={STEERING_FIELDS} />
    </FirstData>
  );
}
