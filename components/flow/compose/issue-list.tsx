'use client';

import { CircleCheck } from 'lucide-react';
import { formatCount } from '@/components/ui/format';
import type { TextIssue } from './check-flow';

interface IssueListProps {
  issues: readonly TextIssue[];
  /** summary of a text without errors */
  summary: string;
  onGoTo: (offset: number) => void;
}

/** The errors with their line numbers. A click moves the cursor to the error. */
export function IssueList({ issues, summary, onGoTo }: IssueListProps) {
  if (issues.length === 0) {
    return (
      <p role="status" className="flex min-h-9 shrink-0 items-center gap-2 border-t px-3 py-1 text-muted text-xs">
        {summary ? <CircleCheck className="size-3.5 shrink-0 text-status-completed" aria-hidden="true" /> : null}
        <span className="min-w-0 [overflow-wrap:anywhere]">{summary}</span>
      </p>
    );
  }
  return (
    <div className="max-h-36 shrink-0 overflow-y-auto border-t bg-status-failed-soft/40">
      <p role="status" className="sr-only">
        {formatCount(issues.length, 'mistake')}
      </p>
      <ul aria-label="Mistakes">
        {issues.map((issue, index) => (
          <li key={`${index} ${issue.path} ${issue.message}`}>
            <button
              type="button"
              onClick={() => onGoTo(issue.from)}
              className="flex w-full items-baseline gap-2 px-3 py-1 text-left text-xs outline-offset-[-2px] hover:bg-hover"
            >
              <span className="w-16 shrink-0 text-muted">line {issue.line}</span>
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                {issue.path ? <code className="font-mono">{issue.path}</code> : null}{' '}
                <span className="text-status-failed">{issue.message}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
