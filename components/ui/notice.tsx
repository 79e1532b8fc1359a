import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';

const TONE = {
  info: { icon: Info, box: 'border-line bg-sunken', mark: 'text-muted' },
  success: {
    icon: CircleCheck,
    box: 'border-status-completed/30 bg-status-completed-soft',
    mark: 'text-status-completed',
  },
  warning: { icon: TriangleAlert, box: 'border-status-partial/30 bg-status-partial-soft', mark: 'text-status-partial' },
  error: { icon: CircleAlert, box: 'border-status-failed/30 bg-status-failed-soft', mark: 'text-status-failed' },
};

interface NoticeProps {
  tone?: keyof typeof TONE;
  title?: ReactNode;
  children?: ReactNode;
  /** buttons or links, under the text */
  actions?: ReactNode;
  className?: string;
}

/** A message next to what it is about: what happened, why, and what to do. */
export function Notice({ tone = 'info', title, children, actions, className }: NoticeProps) {
  const { icon: Icon, box, mark } = TONE[tone];
  return (
    <div
      role={tone === 'error' ? 'alert' : 'status'}
      className={cn('flex gap-2.5 rounded-md border px-3 py-2 text-sm', box, className)}
    >
      <Icon className={cn('mt-0.5 size-4 shrink-0', mark)} aria-hidden="true" />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className={cn(title ? 'text-muted' : undefined)}>{children}</div> : null}
        {actions ? <div className="mt-2 flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </div>
  );
}
