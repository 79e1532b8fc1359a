'use client';

import { ComposePage } from '@/components/compose/compose-page';
import { FlowPreview } from '@/components/flow/flow-preview';

/** Puts the rooms together: what is written, and the tree that it means. */
export function ComposeScreen() {
  return <ComposePage preview={(flows) => <FlowPreview flows={flows} />} />;
}
