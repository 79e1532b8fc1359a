'use client';

import { useState } from 'react';
import { type Layout, layoutOf, relabel } from './layout';
import type { JobItem } from './view';

/** The layout of a tree. While only statuses change, nothing is placed anew. */
export function useLayout(root: JobItem): Layout {
  const [held, setHeld] = useState(() => ({ root, layout: layoutOf(root) }));
  if (held.root === root) return held.layout;
  const layout = relabel(held.layout, root) ?? layoutOf(root);
  setHeld({ root, layout });
  return layout;
}
