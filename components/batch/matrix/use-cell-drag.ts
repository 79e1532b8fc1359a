'use client';

import { type PointerEvent, useRef, useState } from 'react';

interface CellDrag {
  /** the cells that are dragged over, in order; null: none */
  range: readonly [first: number, last: number] | null;
  onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  onPointerUp: () => void;
  onPointerCancel: () => void;
  /** whether the click that follows belongs to a drag; asking forgets it */
  wasDrag: () => boolean;
}

const inOrder = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a]);

/**
 * Drags over cells, with a mouse or a finger. A press that does not leave its cell is a click.
 * @param at returns the cell under the pointer
 * @param onEnd called with the first and the last cell
 */
export function useCellDrag(
  at: (event: PointerEvent<HTMLElement>) => number | null,
  onEnd: (first: number, last: number) => void,
): CellDrag {
  const start = useRef<number | null>(null);
  const dragged = useRef(false);
  const [range, setRange] = useState<readonly [number, number] | null>(null);
  const stop = (): void => {
    start.current = null;
    setRange(null);
  };
  return {
    range,
    onPointerDown: (event) => {
      dragged.current = false;
      if (event.button === 0 && event.isPrimary) start.current = at(event);
    },
    onPointerMove: (event) => {
      const [from, to] = [start.current, at(event)];
      if (from === null || to === null || (from === to && !dragged.current)) return;
      if (!dragged.current) event.currentTarget.setPointerCapture(event.pointerId);
      dragged.current = true;
      setRange(inOrder(from, to));
    },
    onPointerUp: () => {
      if (range) onEnd(...range);
      stop();
    },
    onPointerCancel: stop,
    wasDrag: () => {
      const was = dragged.current;
      dragged.current = false;
      return was;
    },
  };
}
