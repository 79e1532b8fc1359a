'use client';

import { useEffect, useState } from 'react';
import { formatDuration } from '@/components/ui/format';
import { useItemAt } from '@/lib/client/queries/batch-items';
import { itemsOf, type MatrixLayout, placeOf } from './layout';

/** The pointer rests this long before the item is read: crossing a thousand cells asks for nothing. */
const REST_MS = 150;

interface TipProps {
  batchId: string;
  layout: MatrixLayout;
  cell: number;
  width: number;
  /** the state of the cell */
  text: string;
}

/** What a cell stands for: its state at once, and for a single item its name, duration and reason. */
export function Tip({ batchId, layout, cell, width, text }: TipProps) {
  const { left, top } = placeOf(layout, cell);
  const onLeft = left > width / 2;
  const [first, end] = itemsOf(layout, cell);
  const rested = useRested(end - first === 1 ? first : null);
  const { data: job } = useItemAt(batchId, rested);
  const shown = job?.index === first ? job : null;
  return (
    <span
      aria-hidden="true"
      className="pointer-events-none absolute z-10 grid max-w-80 whitespace-normal rounded-md bg-ink px-2 py-1 text-canvas text-xs shadow-pop [overflow-wrap:anywhere]"
      style={{ top: top + layout.pitch + 4, ...(onLeft ? { right: width - left - layout.pitch } : { left }) }}
    >
      {shown ? <span className="line-clamp-2 font-medium">{shown.name}</span> : null}
      <span>
        {text}
        {shown?.durationMs == null ? '' : ` · ${formatDuration(shown.durationMs)}`}
      </span>
      {shown?.error ? <span className="line-clamp-2">{shown.error.message}</span> : null}
    </span>
  );
}

/** Returns the place once it has stayed the same for a moment, else null. */
function useRested(place: number | null): number | null {
  const [rested, setRested] = useState<number | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setRested(place), REST_MS);
    return () => clearTimeout(timer);
  }, [place]);
  return rested === place ? rested : null;
}
