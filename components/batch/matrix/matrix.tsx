'use client';

import { ChevronLeft, ChevronRight, Minimize2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { formatNumber } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { StatusMark } from '@/components/ui/status-mark';
import { AsOf } from '@/components/ui/time';
import { useMatrix } from '@/lib/client/queries/batch-items';
import { countCodes } from './layout';
import { MatrixCanvas } from './matrix-canvas';
import { CODE_STATUS } from './palette';

export interface MatrixProps {
  batchId: string;
  total: number;
  /** the counters that the page shows beside the matrix */
  counts: Record<'completed' | 'failed' | 'cancelled', number>;
  /** statuses may still change, so the bytes are refetched at intervals */
  changing: boolean;
  /** the item that is open elsewhere; the matrix marks it */
  selected?: number | null;
  onOpen: (index: number) => void;
  /** selected items: index of the first, and one past the last */
  chosen: readonly [from: number, to: number] | null;
  onSelect: (from: number, to: number) => void;
}

const MAX_HEIGHT = 132;
const ENDED = ['completed', 'failed', 'cancelled'] as const;

/** A matrix with a cell for each item. For large batches a cell covers a range, and a click zooms into it. */
export function Matrix(props: MatrixProps) {
  const { batchId, total, counts, changing, selected = null, onOpen, chosen, onSelect } = props;
  const { data: bytes, error, dataUpdatedAt } = useMatrix(batchId, { cells: total, changing });
  const [range, setRange] = useState<[number, number] | null>(null);
  const [perCell, setPerCell] = useState(1);
  const [from, to] = range ?? [0, total];
  const drawn = useMemo(() => (bytes ? countCodes(bytes, 0, bytes.length) : null), [bytes]);
  const behind = drawn !== null && ENDED.some((status) => drawn[CODE_STATUS.indexOf(status)] !== counts[status]);
  const step = (direction: 1 | -1): void => {
    const size = to - from;
    const start = Math.max(0, Math.min(total - 1, from + direction * size));
    setRange([start, Math.min(total, start + size)]);
  };
  return (
    <Panel
      title={
        range ? (
          <span>
            Items {formatNumber(from + 1)}–{formatNumber(to)}
          </span>
        ) : (
          <span>
            Items <span className="font-normal text-muted">{formatNumber(total)}</span>
          </span>
        )
      }
      actions={
        range ? (
          <span className="flex items-center">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Items before"
              disabled={from === 0}
              onClick={() => step(-1)}
            >
              <ChevronLeft />
            </Button>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Items after"
              disabled={to >= total}
              onClick={() => step(1)}
            >
              <ChevronRight />
            </Button>
            <Button variant="ghost" size="sm" onClick={() => setRange(null)}>
              <Minimize2 /> All items
            </Button>
          </span>
        ) : perCell > 1 ? (
          <span className="text-muted text-xs">each cell is {formatNumber(perCell)} items</span>
        ) : null
      }
    >
      <div className="flex flex-col gap-2.5">
        {bytes || !error ? (
          <div className="min-h-33">
            <MatrixCanvas
              batchId={batchId}
              bytes={bytes ?? null}
              from={from}
              to={to}
              maxHeight={MAX_HEIGHT}
              selected={selected}
              chosen={chosen}
              onSelect={onSelect}
              onLayout={(layout) => setPerCell(layout.perCell)}
              onOpen={(first, end) => (end - first === 1 ? onOpen(first) : setRange([first, end]))}
            />
          </div>
        ) : (
          <p role="alert" className="flex h-33 items-center justify-center text-muted text-sm">
            The states of the items could not be read: {error.message}
          </p>
        )}
        <div className="flex flex-wrap items-baseline justify-between gap-x-3">
          <Legend drawn={drawn} />
          {behind ? <AsOf at={dataUpdatedAt} /> : null}
        </div>
      </div>
    </Panel>
  );
}

const LEGEND = [2, 3, 1, 0, 5, 4];

function Legend({ drawn }: { drawn: readonly number[] | null }) {
  return (
    <ul aria-label="Legend" className="flex flex-wrap gap-x-3 gap-y-1 text-2xs text-muted">
      {LEGEND.map((code) => {
        const status = CODE_STATUS[code] ?? 'pending';
        return (
          <li key={status} className="flex items-center gap-1">
            <StatusMark status={status} still className="size-3" /> {drawn ? formatNumber(drawn[code] ?? 0) : null}{' '}
            {status}
          </li>
        );
      })}
    </ul>
  );
}
