import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';

interface PanelProps extends Omit<ComponentProps<'section'>, 'title'> {
  title?: ReactNode;
  /** right of the title */
  actions?: ReactNode;
  /** no padding, for tables and canvases */
  flush?: boolean;
}

/** A bordered region with a name. */
export function Panel({ title, actions, flush, className, children, ...props }: PanelProps) {
  return (
    <section className={cn('min-w-0 rounded-md border bg-surface', className)} {...props}>
      {title || actions ? (
        <header className="flex min-h-9 items-center gap-2 border-b px-3 py-1">
          <h2 className="min-w-0 flex-1 truncate font-medium text-sm">{title}</h2>
          {actions}
        </header>
      ) : null}
      <div className={cn('min-w-0', !flush && 'p-3')}>{children}</div>
    </section>
  );
}

interface PageHeaderProps {
  title: ReactNode;
  /** beside the title: a badge, a count */
  aside?: ReactNode;
  /** under the title, one line */
  meta?: ReactNode;
  actions?: ReactNode;
}

/** The top of a page: title, facts and actions. */
export function PageHeader({ title, aside, meta, actions }: PageHeaderProps) {
  return (
    <header className="flex min-h-8 flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 grow basis-56">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 font-semibold text-xl tracking-tight [overflow-wrap:anywhere]">{title}</h1>
          {aside}
        </div>
        {meta ? <div className="mt-0.5 text-muted text-xs">{meta}</div> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}

/** Padding and width of a page inside the frame. */
export function Page({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('mx-auto flex w-full max-w-400 flex-col gap-4 p-4 md:p-6', className)} {...props} />;
}
