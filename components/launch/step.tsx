import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';

interface StepProps {
  number: number;
  title: string;
  /** accessible name of the region; set if the title alone could be read as a control */
  label?: string;
  /** shown beside the title when the step is complete */
  summary?: ReactNode;
  done: boolean;
  /** what is missing before the step can be completed */
  waiting?: string | null;
  /** right of the title */
  actions?: ReactNode;
  children: ReactNode;
}

/** One of the four steps. It is always visible. */
export function Step({ number, title, label, summary, done, waiting, actions, children }: StepProps) {
  return (
    <section aria-label={label ?? title} className="min-w-0 rounded-md border bg-surface">
      <header className="flex min-h-10 items-center gap-2.5 border-b px-3">
        <span
          className={cn(
            'grid size-5 shrink-0 place-items-center rounded-full border font-medium text-2xs',
            done ? 'border-status-completed bg-status-completed text-surface' : 'border-control-line text-muted',
          )}
        >
          {done ? <Check className="size-3" strokeWidth={3} aria-label={`Step ${number}, done`} /> : number}
        </span>
        <h2 className="shrink-0 font-medium text-sm">{title}</h2>
        <p className="min-w-0 flex-1 truncate text-muted text-xs">{summary}</p>
        {actions}
      </header>
      <div className="p-3">{waiting ? <p className="text-muted text-sm">{waiting}</p> : children}</div>
    </section>
  );
}
