'use client';

import { ComposePage } from '@/components/compose';
import { FlowPreview } from '@/components/flow';

/** Puts the rooms together: what is written, and the tree that it means. */
export function ComposeScreen() {
  return <ComposePage preview={(flows) => <FlowPreview flows={flows} />} />;
}
