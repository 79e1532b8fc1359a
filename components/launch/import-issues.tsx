'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { formatNumber } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Skeleton } from '@/components/ui/skeleton';
import { describeError } from '@/lib/client/api';
import { useFixRow } from '@/lib/client/mutations/imports';
import { useImportIssues } from '@/lib/client/queries/imports';
import { IMPORT_LIMITS } from '@/lib/contracts/bounds';
import { cellText } from '@/lib/contracts/cell';
import type { ImportDto, ImportIssueDto } from '@/lib/contracts/import';

/** The most cells that are shown for a row that is invalid as a whole. */
const MOST_CELLS = 20;

/** Invalid rows: row, column and reason. Each cell can be corrected in place. */
export function ImportIssues({ found }: { found: ImportDto }) {
  const { data, isPending, isError, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useImportIssues(found);
  const issues = data?.pages.flatMap((page) => page.issues) ?? [];
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: issues.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 37,
    getItemKey: (i) => issues[i]?.row ?? i,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= issues.length - 10) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, last, issues.length, fetchNextPage]);

  if (isPending) return <Skeleton className="h-24 rounded-md" />;
  if (isError) {
    return (
      <p role="alert" className="flex items-center gap-2 text-status-failed text-xs">
        The rows could not be read. {describeError(error)}
        <Button size="sm" onClick={() => void refetch()}>
          Try again
        </Button>
      </p>
    );
  }
  return (
    <>
      <section
        ref={scroller}
        aria-label="Invalid rows"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="max-h-80 overflow-y-auto rounded-md border"
      >
        <ol className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const issue = issues[item.index];
            if (!issue) return null;
            return (
              <li
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                data-row={issue.row}
                className="absolute inset-x-0 top-0 border-b px-3 py-1.5 text-xs"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Issue found={found} issue={issue} />
              </li>
            );
          })}
        </ol>
      </section>
      {found.bad > IMPORT_LIMITS.issues ? (
        <p className="text-muted text-xs">
          The first {formatNumber(IMPORT_LIMITS.issues)} are kept; all {formatNumber(found.bad)} are counted.
        </p>
      ) : null}
    </>
  );
}

function Issue({ found, issue }: { found: ImportDto; issue: ImportIssueDto }) {
  const { row, problems, cells } = issue;
  const named = [...new Set(problems.flatMap(({ column }) => (column === null ? [] : [column])))];
  // A row with the wrong number of cells has to be corrected as a whole.
  const whole = named.length === 0 && problems.some(({ path }) => path === '');
  const columns = whole ? Object.keys(cells ?? {}).slice(0, MOST_CELLS) : named;
  const editable = found.status === 'checked' && cells !== null;
  return (
    <div className="grid grid-cols-[76px_minmax(0,1fr)] gap-x-3 gap-y-1 md:grid-cols-[76px_minmax(0,6fr)_minmax(0,5fr)]">
      <span className="pt-1 text-right text-muted tabular-nums">row {formatNumber(row)}</span>
      <span className="min-w-0 pt-1">
        {problems.map((problem) => (
          <span key={`${problem.path} ${problem.message}`} className="block [overflow-wrap:anywhere]">
            {problem.column ? <span className="text-muted">{problem.column} → </span> : null}
            {problem.path ? <span className="font-mono">{problem.path}</span> : null}{' '}
            <span className="text-status-failed">{problem.message}</span>
          </span>
        ))}
      </span>
      <span className="grid min-w-0 gap-1 max-md:col-start-2">
        {columns.map((column) =>
          editable ? (
            <Cell key={column} importId={found.id} row={row} column={column} value={cellText(cells[column])} />
          ) : (
            <span key={column} className="truncate pt-1 font-mono">
              {cellText(cells?.[column]) || '(empty)'}
            </span>
          ),
        )}
      </span>
    </div>
  );
}

interface CellProps {
  importId: string;
  row: number;
  column: string;
  value: string;
}

/** A cell to correct: Enter saves it and validates the row again, Escape discards the change. */
function Cell({ importId, row, column, value }: CellProps) {
  const [text, setText] = useState(value);
  const fix = useFixRow(importId);
  const changed = text !== value;
  const save = () => {
    if (changed && !fix.isPending) fix.mutate({ row, cells: { [column]: text } });
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') save();
    else if (event.key === 'Escape') setText(value);
  };
  return (
    <span className="block min-w-0">
      <span className="flex gap-1">
        <Input
          aria-label={`${column} of row ${row}`}
          value={text}
          title={column}
          placeholder={`${column} (empty)`}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          className="h-7 min-w-0 font-mono text-xs"
          spellCheck={false}
        />
        {changed ? (
          <Button size="sm" busy={fix.isPending} onClick={save}>
            Keep
          </Button>
        ) : null}
      </span>
      {fix.error ? (
        <span role="alert" className="block text-status-failed">
          {describeError(fix.error)}
        </span>
      ) : null}
    </span>
  );
}
