import type { ReactNode } from 'react';

/** A section of the import with a title. */
export function ImportPart({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2 border-t pt-3">
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-medium text-sm">{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
