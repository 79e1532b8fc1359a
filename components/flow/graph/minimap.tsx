'use client';

import { useReactFlow, useStoreApi } from '@xyflow/react';
import { type PointerEvent, useEffect, useRef } from 'react';
import { CARD, type Layout } from './layout';
import { type Colors, colorOf, sight, statusOf } from './paint';

/** The maximum scale, so that small trees are not enlarged. */
const MOST = 0.12;
const BOX = { width: 176, height: 116, margin: 8 } as const;

/** A map of the whole tree with the visible part marked. Click or drag to move there. */
export function Minimap({ layout, colors }: { layout: Layout; colors: Colors | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frameRef = useRef<HTMLDivElement>(null);
  const store = useStoreApi();
  const { setCenter, getZoom } = useReactFlow();
  // Each axis has its own scale, so that the levels of a very high tree stay visible.
  const scaleX = Math.min(MOST, (BOX.width - 2 * BOX.margin) / Math.max(1, layout.width));
  const scaleY = Math.min(MOST, (BOX.height - 2 * BOX.margin) / Math.max(1, layout.height));
  const left = (BOX.width - layout.width * scaleX) / 2;
  const top = (BOX.height - layout.height * scaleY) / 2;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context || !colors) return;
    const density = globalThis.devicePixelRatio || 1;
    Object.assign(canvas.current, { width: BOX.width * density, height: BOX.height * density });
    context.setTransform(density, 0, 0, density, 0, 0);
    const [width, height] = [Math.max(1, CARD.width * scaleX), Math.max(1, CARD.height * scaleY)];
    for (const { item, x, y } of layout.placed) {
      context.fillStyle = colorOf(statusOf(item), colors);
      context.fillRect(left + x * scaleX, top + y * scaleY, width, height);
    }
  }, [layout, colors, scaleX, scaleY, left, top]);

  useEffect(() => {
    const place = (): void => {
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      const [x1, y1, x2, y2] = sight({ x, y, zoom, width, height });
      const box = frameRef.current?.style;
      if (!box) return;
      const [l, t] = [Math.max(0, left + x1 * scaleX), Math.max(0, top + y1 * scaleY)];
      box.left = `${l}px`;
      box.top = `${t}px`;
      box.width = `${Math.max(4, Math.min(BOX.width, left + x2 * scaleX) - l)}px`;
      box.height = `${Math.max(4, Math.min(BOX.height, top + y2 * scaleY) - t)}px`;
    };
    place();
    return store.subscribe(place);
  }, [store, scaleX, scaleY, left, top]);

  const go = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.buttons === 0) return;
    const bounds = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - bounds.left - left) / scaleX;
    const y = (event.clientY - bounds.top - top) / scaleY;
    void setCenter(x, y, { zoom: getZoom() });
  };
  return (
    <div
      aria-hidden="true"
      data-minimap=""
      className="absolute right-3 bottom-3 z-5 cursor-crosshair overflow-hidden rounded-md border bg-surface/90 max-sm:hidden"
      style={{ width: BOX.width, height: BOX.height }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={go}
    >
      <canvas ref={canvas} className="size-full" />
      <div ref={frameRef} className="pointer-events-none absolute rounded-[2px] border border-accent bg-accent/10" />
    </div>
  );
}
