import type { Metadata } from 'next';
import { FlowScreen } from './flow-screen';

export const metadata: Metadata = { title: 'Flow' };

export default async function FlowRoute({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <FlowScreen key={id} flowId={id} />;
}
