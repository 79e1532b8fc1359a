import type { Metadata } from 'next';
import { ComposePage } from '@/components/flow/compose-page';
import { LaunchOnly } from '@/components/shared/launch-only';

export const metadata: Metadata = { title: 'New flow' };

export default function NewFlowRoute() {
  return (
    <LaunchOnly what="flow">
      <ComposePage />
    </LaunchOnly>
  );
}
