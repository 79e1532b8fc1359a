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
  /** the state is the whole page, so its title is the heading of the page */
  isPage?: boolean;
}

/** An empty state, with what the user can do about it. */
export function EmptyState({ title, children, actions, icon, className, isPage = false }: EmptyStateProps) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div className={cn('flex flex-col items-center gap-1 px-4 py-12 text-center', className)}>
      {icon ? <div className="mb-2 text-faint [&_svg]:size-6">{icon}</div> : null}
      <Title className="font-medium text-base">{title}</Title>
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
  isPage?: boolean;
}

/** An error state for a failed read. If an older state was loaded, the page keeps showing that instead. */
export function ErrorState({ title, detail, onRetry, retrying, className, isPage = false }: ErrorStateProps) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div role="alert" className={cn('flex flex-col items-center gap-1 px-4 py-12 text-center', className)}>
      <Title className="font-medium text-base">{title}</Title>
      {detail ? <div className="max-w-md text-muted text-sm [overflow-wrap:anywhere]">{detail}</div> : null}
      {onRetry ? (
        <Button className="mt-3" onClick={onRetry} busy={retrying}>
          <RotateCcw /> Try again
        </Button>
      ) : null}
    </div>
  );
}
