import type { Metadata } from 'next';
import { BulkActionPage } from '@/components/bulk-action/bulk-action-page';

export const metadata: Metadata = { title: 'Bulk action' };

export default async function BulkActionRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <BulkActionPage key={id} id={id} />;
}
