'use client';

import { ArrowDownToLine, Download, WrapText } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { saveFile } from '@/components/shared/save-file';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { formatCount, formatExact, formatNumber } from '@/components/ui/format';
import { SearchInput } from '@/components/ui/search-input';
import { Skeleton } from '@/components/ui/skeleton';
import { ErrorState } from '@/components/ui/states';
import { describeError } from '@/lib/client/api';
import { useJobLogs } from '@/lib/client/queries/jobs';
import type { JobLogLine } from '@/lib/contracts/job';

/** The most lines on screen; the download contains all of them. */
const SHOWN = 1_000;

const LEVEL: Record<JobLogLine['level'], string> = {
  debug: 'text-faint',
  info: 'text-muted',
  warn: 'text-status-partial',
  error: 'text-status-failed',
};

const clock = (at: string): string => at.slice(11, 23);
const asText = (line: JobLogLine): string => `${line.at} ${line.level.padEnd(5)} [${line.attempt}] ${line.message}`;

/** The log of a job, with search, follow, wrap and download. */
export function JobLogs({ jobId, running }: { jobId: string; running: boolean }) {
  const { data: lines, error, isPending, isFetching, refetch } = useJobLogs(jobId, { running });
  const [q, setQ] = useState('');
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  // A job writes its last lines while it ends, after the last regular read.
  useEffect(() => {
    if (!running) void refetch();
  }, [running, refetch]);
  const found = useMemo(() => {
    const words = q.toLowerCase();
    return (lines ?? []).filter((line) => line.message.toLowerCase().includes(words) || line.level === words);
  }, [lines, q]);
  const shown = found.slice(-SHOWN);
  const newest = shown.at(-1);
  useEffect(() => {
    if (follow && newest) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [follow, newest]);

  if (error && !lines) {
    return (
      <ErrorState
        title="The log could not be read"
        detail={describeError(error)}
        onRetry={() => void refetch()}
        retrying={isFetching}
      />
    );
  }
  return (
    <div className="flex flex-col overflow-hidden rounded-md border">
      <div className="flex flex-wrap items-center gap-1 border-b bg-canvas p-1.5">
        <SearchInput label="Search the log" value={q} onSearch={setQ} className="min-w-32 flex-1 sm:max-w-64" />
        <span className="mr-auto px-1 text-2xs text-muted" aria-live="polite">
          {lines
            ? q
              ? `${formatNumber(found.length)} of ${formatCount(lines.length, 'line')}`
              : formatCount(lines.length, 'line')
            : ''}
        </span>
        <Button variant="ghost" size="sm" aria-pressed={follow} onClick={() => setFollow(!follow)}>
          <ArrowDownToLine className={follow ? 'text-accent' : undefined} />{' '}
          <span className="max-sm:sr-only">Follow</span>
        </Button>
        <Button variant="ghost" size="sm" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
          <WrapText className={wrap ? 'text-accent' : undefined} /> <span className="max-sm:sr-only">Wrap</span>
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Download the log"
          disabled={!lines?.length}
          onClick={() => saveFile(`job-${jobId}.log`, (lines ?? []).map(asText).join('\n'), 'text/plain')}
        >
          <Download />
        </Button>
      </div>
      <div
        ref={box}
        role="log"
        aria-label="Log lines"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          if (scrollHeight - scrollTop - clientHeight > 40 && follow) setFollow(false);
        }}
        className="h-[42dvh] min-h-40 overflow-auto py-1 font-mono text-xs leading-5"
      >
        {isPending ? <Skeleton className="m-3 w-1/2" /> : null}
        {lines?.length === 0 ? (
          <p className="px-3 py-8 text-center font-sans text-muted text-sm">
            {running ? 'Nothing has been logged yet.' : 'This job logged nothing.'}
          </p>
        ) : null}
        {q && found.length === 0 && lines?.length ? (
          <p className="px-3 py-8 text-center font-sans text-muted text-sm">No line contains “{q}”.</p>
        ) : null}
        {found.length > SHOWN ? (
          <p className="px-3 text-muted">The last {formatNumber(SHOWN)} lines; all of them are in the download.</p>
        ) : null}
        {shown.map((line, i) => (
          <p
            key={`${line.at}-${found.length - shown.length + i}`}
            className={cn('flex gap-3 px-3 hover:bg-hover', wrap ? '' : 'w-max min-w-full')}
          >
            <time className="shrink-0 text-faint" title={formatExact(line.at)}>
              {clock(line.at)}
            </time>
            <span className={cn('w-9 shrink-0', LEVEL[line.level])}>{line.level}</span>
            <span className={wrap ? 'min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]' : 'whitespace-pre'}>
              {line.message}
            </span>
          </p>
        ))}
      </div>
    </div>
  );
}
