'use client';

import { type KeyboardEvent, type MouseEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { formatNumber } from '@/components/ui/format';
import { Skeleton } from '@/components/ui/skeleton';
import { drawMatrix } from './draw';
import { cellAt, cellsOf, countCodes, itemsOf, layoutMatrix, type MatrixLayout, placeOf } from './layout';
import { CODE_STATUS, statusOf, usePalette } from './palette';
import { Tip } from './tip';
import { useCellDrag } from './use-cell-drag';

interface MatrixCanvasProps {
  batchId: string;
  bytes: Uint8Array | null;
  /** items shown: index of the first, and one past the last */
  from: number;
  to: number;
  maxHeight: number;
  selected: number | null;
  /** selected items: index of the first, and one past the last */
  chosen: readonly [from: number, to: number] | null;
  onLayout: (layout: MatrixLayout) => void;
  /** called with the items of the chosen cell */
  onOpen: (first: number, end: number) => void;
  /** called with the items that were dragged over; index of the first, and one past the last */
  onSelect: (first: number, end: number) => void;
}

/** Returns `#318 failed`, or for a shared cell `#201–400: 180 completed, 20 failed`. */
function describeCell(bytes: Uint8Array, [first, end]: [number, number]): string {
  if (end - first === 1) return `#${formatNumber(first + 1)} ${statusOf(bytes[first])}`;
  const counts = countCodes(bytes, first, end);
  const parts = CODE_STATUS.flatMap((status, code) =>
    counts[code] ? [`${formatNumber(counts[code])} ${status}`] : [],
  );
  return `#${formatNumber(first + 1)}–${formatNumber(end)}: ${parts.join(', ')}`;
}

/**
 * The canvas with its cursor. Keyboard: arrows move, with shift they select, Page Up and Page Down move by rows, Enter opens.
 */
export function MatrixCanvas(props: MatrixCanvasProps) {
  const { batchId, bytes, from, to, maxHeight, selected, chosen, onLayout, onOpen, onSelect } = props;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const palette = usePalette();
  const [hovered, setHovered] = useState<number | null>(null);
  const [cursor, setCursor] = useState(0);
  const [focused, setFocused] = useState(false);
  const layout = useMemo(() => layoutMatrix(to - from, width, maxHeight, from), [from, to, width, maxHeight]);

  useEffect(() => onLayout(layout), [layout, onLayout]);
  useEffect(() => {
    if (canvas.current && bytes && palette && width > 0) drawMatrix(canvas.current, bytes, layout, width, palette);
  }, [bytes, layout, width, palette]);

  const anchor = useRef<number | null>(null);
  const selectCells = (first: number, last: number): void =>
    onSelect(itemsOf(layout, first)[0], itemsOf(layout, last)[1]);
  const at = (event: MouseEvent): number | null => {
    const bounds = event.currentTarget.getBoundingClientRect();
    return cellAt(layout, event.clientX - bounds.left, event.clientY - bounds.top);
  };
  const drag = useCellDrag(at, selectCells);
  const open = (cell: number): void => onOpen(...itemsOf(layout, cell));
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: layout.columns,
      ArrowUp: -layout.columns,
      PageDown: layout.columns * 5,
      PageUp: -layout.columns * 5,
      Home: -layout.cells,
      End: layout.cells,
    };
    const move = moves[event.key];
    if (move === undefined && event.key !== 'Enter') return;
    event.preventDefault();
    if (move === undefined) {
      open(cursor);
      return;
    }
    const next = Math.max(0, Math.min(layout.cells - 1, cursor + move));
    setCursor(next);
    anchor.current = event.shiftKey ? (anchor.current ?? cursor) : null;
    if (anchor.current !== null) selectCells(Math.min(anchor.current, next), Math.max(anchor.current, next));
  };

  const current = hovered ?? (focused ? Math.min(cursor, layout.cells - 1) : null);
  const marked =
    selected !== null && selected >= from && selected < to ? Math.floor((selected - from) / layout.perCell) : null;
  const chosenCells = drag.range ?? (chosen ? cellsOf(layout, chosen) : null);
  const text = current !== null && bytes ? describeCell(bytes, itemsOf(layout, current)) : '';
  return (
    <div ref={box} className="relative" style={{ height: width > 0 ? layout.height : maxHeight }}>
      {bytes ? (
        // The slider role fits: the arrow keys move a value along a range.
        <div
          role="slider"
          tabIndex={0}
          aria-label="Items by state. Arrow keys move, with Shift they select, Enter opens."
          aria-valuemin={from + 1}
          aria-valuemax={to}
          aria-valuenow={itemsOf(layout, Math.min(cursor, layout.cells - 1))[0] + 1}
          aria-valuetext={describeCell(bytes, itemsOf(layout, Math.min(cursor, layout.cells - 1)))}
          className="absolute inset-0 cursor-pointer touch-pan-y rounded-sm"
          onKeyDown={onKeyDown}
          onFocus={(event) => setFocused(event.currentTarget.matches(':focus-visible'))}
          onBlur={() => setFocused(false)}
          onPointerDown={drag.onPointerDown}
          onPointerMove={(event) => {
            setHovered(at(event));
            drag.onPointerMove(event);
          }}
          onPointerUp={drag.onPointerUp}
          onPointerCancel={drag.onPointerCancel}
          onPointerLeave={() => setHovered(null)}
          onClick={(event) => {
            const cell = at(event);
            if (cell === null || drag.wasDrag()) return;
            setCursor(cell);
            open(cell);
          }}
        >
          <canvas ref={canvas} className="block size-full" style={{ width, height: layout.height }} />
        </div>
      ) : (
        <Skeleton className="h-full w-full" />
      )}
      {chosenCells ? <Range layout={layout} first={chosenCells[0]} last={chosenCells[1]} /> : null}
      {marked !== null ? <Frame layout={layout} cell={marked} className="outline-accent" /> : null}
      {current !== null ? <Frame layout={layout} cell={current} className="outline-ink" /> : null}
      {text && current !== null ? (
        <Tip batchId={batchId} layout={layout} cell={current} width={width} text={text} />
      ) : null}
    </div>
  );
}

function Frame({ layout, cell, className }: { layout: MatrixLayout; cell: number; className: string }) {
  const size = layout.pitch - layout.gap;
  return (
    <span
      aria-hidden="true"
      className={`pointer-events-none absolute outline-2 outline-offset-1 ${className}`}
      style={{ ...placeOf(layout, cell), width: size, height: size }}
    />
  );
}

/** A tint over cells that follow each other: the rest of their first row, whole rows, the beginning of their last row. */
function Range({ layout, first, last }: { layout: MatrixLayout; first: number; last: number }) {
  const rowOf = (cell: number): number => Math.floor(cell / layout.columns);
  const columnOf = (cell: number): number => cell % layout.columns;
  const rows = Array.from({ length: rowOf(last) - rowOf(first) + 1 }, (_, i) => rowOf(first) + i);
  return rows.map((row) => {
    const [from, to] = [
      row === rowOf(first) ? columnOf(first) : 0,
      row === rowOf(last) ? columnOf(last) : layout.columns - 1,
    ];
    return (
      <span
        key={row}
        aria-hidden="true"
        className="pointer-events-none absolute bg-accent/25 outline-1 outline-accent"
        style={{
          left: from * layout.pitch,
          top: row * layout.pitch,
          width: (to - from + 1) * layout.pitch - layout.gap,
          height: layout.pitch - layout.gap,
        }}
      />
    );
  });
}

/** Returns the width of an element in whole pixels, and updates it when the element is resized. */
function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
