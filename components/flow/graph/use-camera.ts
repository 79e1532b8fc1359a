'use client';

import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useCallback } from 'react';
import { CARD, type Layout, type Placed } from './layout';
import { sight } from './paint';

const PADDING = 24;
/** The least zoom of the first view. A larger tree is shown in part, so that its text stays readable. */
const READABLE = 0.6;
/** The least zoom on a phone, whose screen is smaller. */
const READABLE_NARROW = 0.8;
const NARROW = 480;

/** Moves the camera. It uses the layout's coordinates and no measurements, so that no node has to be rendered first. */
export function useCamera(layout: Layout) {
  const store = useStoreApi();
  const { setViewport, setCenter, getZoom } = useReactFlow();

  /**
   * Fits the tree into the view. If that needs a zoom below `atLeast`, uses `atLeast` and shows the part at the root.
   */
  const frame = useCallback(
    (atLeast: number, duration = 0) => {
      const { width, height } = store.getState();
      if (width === 0) return;
      const whole = Math.min((width - 2 * PADDING) / layout.width, (height - 2 * PADDING) / layout.height, 1);
      const zoom = Math.max(whole, atLeast);
      const root = layout.placed[0];
      const fitsX = layout.width * zoom + 2 * PADDING <= width;
      const fitsY = layout.height * zoom + 2 * PADDING <= height;
      const x = fitsX ? (width - layout.width * zoom) / 2 : width - PADDING - layout.width * zoom;
      const y = fitsY ? (height - layout.height * zoom) / 2 : height / 2 - ((root?.y ?? 0) + CARD.height / 2) * zoom;
      void setViewport({ x, y, zoom }, { duration });
    },
    [store, layout, setViewport],
  );
  const readable = useCallback(() => (store.getState().width < NARROW ? READABLE_NARROW : READABLE), [store]);
  const fitReadable = useCallback((duration = 0) => frame(readable(), duration), [frame, readable]);
  const fitWhole = useCallback((duration = 0) => frame(0, duration), [frame]);

  /** Returns whether a node is completely in the view. */
  const sees = useCallback(
    ({ x, y }: Placed): boolean => {
      const { transform, width, height } = store.getState();
      const [left, top, right, bottom] = sight({ x: transform[0], y: transform[1], zoom: transform[2], width, height });
      return x >= left && y >= top && x + CARD.width <= right && y + CARD.height <= bottom;
    },
    [store],
  );
  /** Moves a node into the view if it is outside of it. */
  const show = useCallback(
    (placed: Placed, duration = 160) => {
      if (sees(placed)) return;
      const zoom = Math.max(getZoom(), readable());
      void setCenter(placed.x + CARD.width / 2, placed.y + CARD.height / 2, { zoom, duration });
    },
    [sees, readable, getZoom, setCenter],
  );
  return { fitReadable, fitWhole, show };
}
