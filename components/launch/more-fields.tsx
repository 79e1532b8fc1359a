import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';

interface MoreFieldsProps {
  /** named in the line, so that a reader need not open it to find one */
  names: readonly string[];
  title?: string;
  /** said before the names: `2 set` */
  note?: string | undefined;
  /** one of them has an error: it opens by itself */
  wrong?: boolean;
  className?: string;
  children: ReactNode;
}

/** Fields that few launches need, folded. */
export function MoreFields({ names, title = 'More fields', note, wrong, className, children }: MoreFieldsProps) {
  if (names.length === 0) return null;
  return (
    <details className={cn('group rounded-md border', className)} open={wrong || undefined}>
      <summary className="flex cursor-pointer list-none items-center gap-2 px-3 py-2 text-sm hover:bg-hover">
        <ChevronRight className="size-3.5 shrink-0 text-muted transition-transform duration-150 group-open:rotate-90" />
        <span className="shrink-0">{title}</span>
        {note ? <span className="shrink-0 text-muted text-xs">{note}</span> : null}
        <span className="min-w-0 truncate font-mono text-muted text-xs">{names.join(', ')}</span>
      </summary>
      <div className="border-t">{children}</div>
    </details>
  );
}
