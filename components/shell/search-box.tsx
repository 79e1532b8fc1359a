'use client';

import { Search } from 'lucide-react';
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { Dialog, DialogContent } from '@/components/ui/dialog';
import { SearchPanel } from './search-panel';

/** A keyboard key. */
function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border bg-canvas px-1 font-sans text-2xs text-muted">
      {children}
    </kbd>
  );
}

const never = () => () => undefined;
const isApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

/** The shortcut of the user's platform. The server does not know it and renders an empty space of the same size. */
function Shortcut() {
  const apple = useSyncExternalStore(never, isApple, () => null);
  return (
    <span className={apple === null ? 'invisible' : undefined}>
      <Kbd>{apple ? '⌘K' : 'Ctrl K'}</Kbd>
    </span>
  );
}

/** The global search. ⌘K or Ctrl K opens it, and `/` outside of text fields, on pages without a search of their own. */
export function SearchBox() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const chord =
        (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k';
      const target = event.target instanceof HTMLElement ? event.target : null;
      const typing = target?.closest('input, textarea, select, [contenteditable], [role="dialog"]');
      if (!chord && !(event.key === '/' && !typing && !event.metaKey && !event.ctrlKey)) return;
      event.preventDefault();
      // On a list, the slash is for its own search.
      const own = chord ? null : document.querySelector<HTMLElement>('[data-slash-focus]');
      if (own) own.focus();
      else setOpen(true);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-keyshortcuts="Meta+K Control+K"
        className="flex h-8 shrink-0 items-center gap-2 rounded-md text-muted text-sm hover:text-ink max-md:w-8 max-md:justify-center md:w-56 md:border md:border-line-strong md:bg-surface md:px-2.5 md:hover:border-control-line"
      >
        <Search className="size-4 md:size-3.5" aria-hidden="true" />
        <span className="flex-1 text-left max-md:sr-only">Search</span>
        <span className="max-md:hidden" aria-hidden="true">
          <Shortcut />
        </span>
      </button>
      <DialogContent
        bare
        title="Search"
        size="md"
        className="max-sm:top-0 max-sm:bottom-auto max-sm:rounded-t-none max-sm:rounded-b-lg sm:top-[10vh] [&>div]:overflow-hidden [&>div]:p-0"
      >
        <SearchPanel onDone={() => setOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}
