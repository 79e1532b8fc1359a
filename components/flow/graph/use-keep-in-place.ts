'use client';

import { useReactFlow } from '@xyflow/react';
import { useLayoutEffect, useRef } from 'react';
import type { Layout } from './layout';

/** Keeps the root at the same place on the screen when nodes are folded or unfolded. */
export function useKeepInPlace(layout: Layout, anchor: string | null): void {
  const { getViewport, setViewport } = useReactFlow();
  const before = useRef(layout);
  useLayoutEffect(() => {
    const held = before.current;
    before.current = layout;
    if (held === layout) return;
    const id = anchor ?? '';
    const old = held.placed[held.indexOf.get(id) ?? 0];
    const now = layout.placed[layout.indexOf.get(id) ?? 0];
    if (!old || !now || old.item.id !== now.item.id || (old.x === now.x && old.y === now.y)) return;
    const { x, y, zoom } = getViewport();
    void setViewport({ x: x - (now.x - old.x) * zoom, y: y - (now.y - old.y) * zoom, zoom });
  }, [layout, anchor, getViewport, setViewport]);
}
