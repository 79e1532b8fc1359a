'use client';

import { useCallback, useEffect, useRef } from 'react';

/**
 * Keeps what is typed between the key that opens the palette and the moment at which its field has the focus.
 * @returns takes what was typed; from then on the field gets the keys
 */
export function useTypedAhead(open: boolean): () => string {
  const typed = useRef('');
  const taken = useRef(false);
  useEffect(() => {
    if (!open) return;
    typed.current = '';
    taken.current = false;
    const listen = (event: KeyboardEvent) => {
      if (taken.current || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      typed.current += event.key;
    };
    document.addEventListener('keydown', listen, { capture: true });
    return () => document.removeEventListener('keydown', listen, { capture: true });
  }, [open]);
  return useCallback(() => {
    taken.current = true;
    return typed.current;
  }, []);
}
