import type { Metadata } from 'next';
import { BatchScreen } from './batch-screen';

export const metadata: Metadata = { title: 'Batch' };

export default async function BatchRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <BatchScreen key={id} batchId={id} />;
}
