import { RotateCcw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button';
import { cn } from './cn';

interface EmptyStateProps {
  title: string;
  /** what to do about it */
  children?: ReactNode;
  actions?: ReactNode;
  icon?: ReactNode;
  className?: string;
}

/** An empty state, with what the user can do about it. */
export function EmptyState({ title, children, actions, icon, className }: EmptyStateProps) {
  return (
    <div className={cn('flex flex-col items-center gap-1 px-4 py-12 text-center', className)}>
      {icon ? <div className="mb-2 text-faint [&_svg]:size-6">{icon}</div> : null}
      <p className="font-medium text-base">{title}</p>
      {children ? <div className="max-w-md text-muted text-sm">{children}</div> : null}
      {actions ? <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div> : null}
    </div>
  );
}

interface ErrorStateProps {
  title: string;
  /** why, and what to do */
  detail?: ReactNode;
  onRetry?: () => void;
  retrying?: boolean;
  className?: string;
}

/** An error state for a failed read. If an older state was loaded, the page keeps showing that instead. */
export function ErrorState({ title, detail, onRetry, retrying, className }: ErrorStateProps) {
  return (
    <div role="alert" className={cn('flex flex-col items-center gap-1 px-4 py-12 text-center', className)}>
      <p className="font-medium text-base">{title}</p>
      {detail ? <div className="max-w-md text-muted text-sm [overflow-wrap:anywhere]">{detail}</div> : null}
      {onRetry ? (
        <Button className="mt-3" onClick={onRetry} busy={retrying}>
          <RotateCcw /> Try again
        </Button>
      ) : null}
    </div>
  );
}
