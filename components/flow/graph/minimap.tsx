'use client';

import { useReactFlow, useStoreApi } from '@xyflow/react';
import { type PointerEvent, useEffect, useRef } from 'react';
import { CARD, type Layout } from './layout';
import { type Colours, colourOf, sight, statusOf } from './paint';

const BOX = { width: 176, height: 116, margin: 8 } as const;

/** The whole tree in a corner, and what of it is in sight. Click or drag to go there. */
export function Minimap({ layout, colours }: { layout: Layout; colours: Colours | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frameRef = useRef<HTMLDivElement>(null);
  const store = useStoreApi();
  const { setCenter, getZoom } = useReactFlow();
  const scale = Math.min(
    (BOX.width - 2 * BOX.margin) / Math.max(1, layout.width),
    (BOX.height - 2 * BOX.margin) / Math.max(1, layout.height),
  );
  const left = (BOX.width - layout.width * scale) / 2;
  const top = (BOX.height - layout.height * scale) / 2;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!canvas.current || !context || !colours) return;
    const density = globalThis.devicePixelRatio || 1;
    Object.assign(canvas.current, { width: BOX.width * density, height: BOX.height * density });
    context.setTransform(density, 0, 0, density, 0, 0);
    const [width, height] = [Math.max(1, CARD.width * scale), Math.max(1, CARD.height * scale)];
    for (const { item, x, y } of layout.placed) {
      context.fillStyle = colourOf(statusOf(item), colours);
      context.fillRect(left + x * scale, top + y * scale, width, height);
    }
  }, [layout, colours, scale, left, top]);

  useEffect(() => {
    const place = (): void => {
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      const [x1, y1, x2, y2] = sight({ x, y, zoom, width, height });
      const box = frameRef.current?.style;
      if (!box) return;
      const [l, t] = [Math.max(0, left + x1 * scale), Math.max(0, top + y1 * scale)];
      box.left = `${l}px`;
      box.top = `${t}px`;
      box.width = `${Math.max(4, Math.min(BOX.width, left + x2 * scale) - l)}px`;
      box.height = `${Math.max(4, Math.min(BOX.height, top + y2 * scale) - t)}px`;
    };
    place();
    return store.subscribe(place);
  }, [store, scale, left, top]);

  const go = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.buttons === 0) return;
    const bounds = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - bounds.left - left) / scale;
    const y = (event.clientY - bounds.top - top) / scale;
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
