import type { Metadata } from 'next';
import { BatchPage } from '@/components/batch/batch-page';
import { STEERING_FIELDS } from '@/components/shared/option-fields';

export const metadata: Metadata = { title: 'Batch' };

export default async function BatchRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <BatchPage key={id} batchId={id} optionFields={STEERING_FIELDS} />;
}
