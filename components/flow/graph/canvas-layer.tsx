'use client';

import { useStoreApi } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { Layout } from './layout';
import { type Colors, paint } from './paint';

/** Draws edges, and at low zoom the nodes, on one canvas that follows the camera without React renders. */
export function CanvasLayer({ layout, colors }: { layout: Layout; colors: Colors | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const store = useStoreApi();
  useEffect(() => {
    if (!colors) return;
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      if (canvas.current) paint(canvas.current, layout, { x, y, zoom, width, height }, colors);
    };
    const stop = store.subscribe((now, before) => {
      const same = now.transform === before.transform && now.width === before.width && now.height === before.height;
      if (!same && !frame) frame = requestAnimationFrame(draw);
    });
    draw();
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [store, layout, colors]);
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0">
      <canvas ref={canvas} className="size-full" />
    </div>
  );
}
