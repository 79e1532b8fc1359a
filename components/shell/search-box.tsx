'use client';

import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { isKey, isTyping, KEYS, printedKey } from '@/components/ui/keys';
import { onDemand } from '@/components/ui/on-demand';
import { Kbd, useIsApple } from './palette/kbd';
import { type AskedPause, PauseDialog } from './palette/pause-dialog';
import { useListKeys } from './palette/use-list-keys';
import { useTypedAhead } from './palette/use-typed-ahead';

const SearchDialog = onDemand(
  () => import('./search-dialog').then((module) => module.SearchDialog),
  ({ open }) => open,
);
const KeysDialog = onDemand(
  () => import('./palette/keys-dialog').then((module) => module.KeysDialog),
  ({ open }) => open,
);

/** The shortcut of the user's platform. The server does not know it and renders an empty space of the same size. */
function Shortcut() {
  const apple = useIsApple();
  return (
    <span className={apple === null ? 'invisible' : undefined}>
      <Kbd>{printedKey(KEYS.palette.keys[0], apple ?? false)}</Kbd>
    </span>
  );
}

const isInDialog = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role="dialog"], [role="alertdialog"]') !== null;

/**
 * The palette: search and actions. ⌘K or Ctrl K opens it, and `/` outside of text fields, on pages without a search of
 * their own. `?` shows all keys.
 */
export function SearchBox() {
  const [open, setOpen] = useState(false);
  const [keysShown, setKeysShown] = useState(false);
  const [asked, setAsked] = useState<AskedPause | null>(null);
  const takeTyped = useTypedAhead(open);
  useListKeys();
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isPalette = isKey(event, 'palette');
      const typing = isTyping(event.target) || isInDialog(event.target);
      if (!isPalette && (typing || !(isKey(event, 'search') || isKey(event, 'help')))) return;
      event.preventDefault();
      if (isKey(event, 'help')) return setKeysShown(true);
      // On a list, the slash is for its own search.
      const own = isPalette ? null : document.querySelector<HTMLElement>('[data-slash-focus]');
      if (own) own.focus();
      else setOpen(true);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  return (
    <>
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
      <SearchDialog
        open={open}
        setOpen={setOpen}
        onShow={(dialog) => (dialog === 'keys' ? setKeysShown(true) : setAsked(dialog))}
        takeTyped={takeTyped}
      />
      <KeysDialog open={keysShown} onClose={() => setKeysShown(false)} />
      <PauseDialog asked={asked} onClose={() => setAsked(null)} />
    </>
  );
}
