'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { RotateCcw, X } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatBytes } from '@/components/ui/format';
import { StatusMark } from '@/components/ui/status-mark';
import { TruncateMiddle } from '@/components/ui/truncate-middle';
import type { InputIssue } from '@/lib/contracts/errors';
import type { Upload, Uploads } from './uploads';

const MARK = { waiting: 'pending', uploading: 'active', done: 'completed', failed: 'failed' } as const;

function FileRow({ upload, issue, uploads }: { upload: Upload; issue: string | undefined; uploads: Uploads }) {
  const { id, name, size, state, sent, error } = upload;
  const problem = error ?? issue;
  return (
    <div
      className={cn(
        'relative grid grid-cols-[auto_minmax(0,1fr)_auto_auto] items-center gap-x-2 border-b px-2 text-xs',
        problem ? 'bg-status-failed-soft' : '',
      )}
    >
      <StatusMark status={problem ? 'failed' : MARK[state]} label={problem ? 'failed' : state} />
      <TruncateMiddle text={name} tail={14} className="text-sm" />
      <span className="text-muted">
        {state === 'uploading' && size > 0 ? `${formatBytes(sent)} of ${formatBytes(size)}` : formatBytes(size)}
      </span>
      <span className="flex">
        {state === 'failed' ? (
          <Button variant="ghost" size="icon-sm" aria-label={`Upload ${name} again`} onClick={() => uploads.retry(id)}>
            <RotateCcw />
          </Button>
        ) : null}
        <Button variant="ghost" size="icon-sm" aria-label={`Remove ${name}`} onClick={() => uploads.remove(id)}>
          <X />
        </Button>
      </span>
      {problem ? (
        <span className="col-span-2 col-start-2 pb-1.5 text-status-failed [overflow-wrap:anywhere]">{problem}</span>
      ) : null}
      {state === 'uploading' ? (
        <span
          aria-hidden="true"
          className="absolute bottom-0 left-0 h-0.5 bg-status-active transition-[width] duration-150"
          style={{ width: `${size > 0 ? (sent / size) * 100 : 0}%` }}
        />
      ) : null}
    </div>
  );
}

/** The files of a launch with their states. Virtualized for thousands of files. */
export function FileList({
  list,
  uploads,
  issues,
}: {
  list: readonly Upload[];
  uploads: Uploads;
  issues: readonly InputIssue[];
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 32,
    getItemKey: (i) => list[i]?.id ?? i,
    overscan: 10,
  });
  const wrong = new Map(issues.map((issue) => [issue.row, `${issue.path} ${issue.message}`.trim()]));
  return (
    <div ref={scroller} className="max-h-72 overflow-y-auto rounded-md border">
      <ul className="relative" style={{ height: virtual.getTotalSize() }} aria-label="Files">
        {virtual.getVirtualItems().map((item) => {
          const upload = list[item.index];
          if (!upload) return null;
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <FileRow upload={upload} issue={wrong.get(item.index + 1)} uploads={uploads} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
