import type { ReactNode } from 'react';
import { Logo } from './logo';

interface EntryPageProps {
  title: ReactNode;
  children: ReactNode;
}

/** A page for people who are not signed in: the logo, a title and one form. */
export function EntryPage({ title, children }: EntryPageProps) {
  return (
    // Held at the top, so that the title stays in its place when a message comes or the next step is longer.
    <main className="grid min-h-dvh justify-items-center px-4 pt-[max(1rem,18dvh)] pb-4">
      <div className="w-full max-w-84">
        <div className="mb-6 flex items-center gap-2.5">
          <Logo className="size-6 shrink-0" />
          <h1 className="min-w-0 font-semibold text-xl tracking-tight [overflow-wrap:anywhere]">{title}</h1>
        </div>
        {children}
      </div>
    </main>
  );
}
