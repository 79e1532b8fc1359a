import type { Metadata } from 'next';
import { ComparePage } from '@/components/batch/compare/compare-page';
import { OPTION_FIELDS } from '@/components/shared/option-fields';

export const metadata: Metadata = { title: 'Compare' };

export default async function CompareRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <ComparePage key={id} batchId={id} optionFields={OPTION_FIELDS} />;
}
