import type { Metadata } from 'next';
import { ComposePage } from '@/components/flow/compose-page';

export const metadata: Metadata = { title: 'New flow' };

export default function NewFlowRoute() {
  return <ComposePage />;
}
