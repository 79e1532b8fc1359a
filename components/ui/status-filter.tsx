'use client';

import { cn } from './cn';
import { type MarkStatus, STATUS_LOOK } from './status';
import { StatusMark } from './status-mark';

interface StatusFilterProps<S extends MarkStatus> {
  statuses: readonly S[];
  chosen: readonly S[];
  onChange: (chosen: S[]) => void;
  className?: string;
}

/** A toggle for each status; with none pressed, all are shown. */
export function StatusFilter<S extends MarkStatus>({ statuses, chosen, onChange, className }: StatusFilterProps<S>) {
  const toggle = (status: S) =>
    onChange(chosen.includes(status) ? chosen.filter((s) => s !== status) : [...chosen, status]);
  return (
    <fieldset
      aria-label="Status"
      className={cn('-mx-0.5 flex min-w-0 gap-1 overflow-x-auto p-0.5 [scrollbar-width:none]', className)}
    >
      {statuses.map((status) => {
        const on = chosen.includes(status);
        return (
          <button
            key={status}
            type="button"
            aria-pressed={on}
            onClick={() => toggle(status)}
            className={cn(
              'inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border px-2 text-xs transition-colors duration-150 pointer-coarse:h-9',
              on
                ? cn('border-current font-medium', STATUS_LOOK[status].soft, STATUS_LOOK[status].text)
                : 'border-line text-muted hover:border-line-strong hover:bg-hover hover:text-ink',
            )}
          >
            <StatusMark status={status} still className="size-3" />
            {STATUS_LOOK[status].word}
          </button>
        );
      })}
    </fieldset>
  );
}
