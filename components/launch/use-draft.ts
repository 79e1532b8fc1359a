'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { type Draft, emptyDraft, newKey } from './draft';

const STORE = 'batchyard-launch';

/** What was typed before a reload. Anything unreadable counts as nothing. */
function load(): Draft {
  const fresh = emptyDraft();
  try {
    const kept: unknown = JSON.parse(globalThis.localStorage.getItem(STORE) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return fresh;
    const draft = { ...fresh, ...kept } as Draft;
    return { ...draft, options: { ...fresh.options, ...draft.options } };
  } catch {
    // Storage is refused, or holds what an older version wrote: begin anew.
    return fresh;
  }
}

/** Keeps the draft; false if the browser has no room for it. */
function save(draft: Draft): boolean {
  try {
    globalThis.localStorage.setItem(STORE, JSON.stringify(draft));
    return true;
  } catch {
    // Full or refused: the caller shows that a reload would lose it.
    return false;
  }
}

export interface DraftState {
  /** null until the browser's storage was read */
  draft: Draft | null;
  change: (changes: Partial<Draft> | ((draft: Draft) => Partial<Draft>)) => void;
  /** forgets everything, after a launch or by wish */
  clear: () => void;
  /** whether a reload would bring it all back */
  kept: boolean;
}

/** The launch that is being put together, kept in the browser as it is typed. */
export function useDraft(wantedType: string | null): DraftState {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [kept, setKept] = useState(true);
  const latest = useRef<Draft | null>(null);

  useEffect(() => {
    const loaded = load();
    setDraft(wantedType && wantedType !== loaded.type ? { ...loaded, type: wantedType } : loaded);
  }, [wantedType]);

  useEffect(() => {
    latest.current = draft;
    if (!draft) return;
    const timer = setTimeout(() => setKept(save(draft)), 250);
    return () => clearTimeout(timer);
  }, [draft]);

  // A reload in the quarter of a second before the timer must not lose the last words.
  useEffect(() => {
    const leave = () => {
      if (latest.current) save(latest.current);
    };
    globalThis.addEventListener('pagehide', leave);
    return () => globalThis.removeEventListener('pagehide', leave);
  }, []);

  const change = useCallback((changes: Partial<Draft> | ((draft: Draft) => Partial<Draft>)) => {
    setDraft((now) => {
      if (!now) return now;
      const next = typeof changes === 'function' ? changes(now) : changes;
      return { ...now, ...next, idempotencyKey: newKey() };
    });
  }, []);
  const clear = useCallback(() => {
    const fresh = emptyDraft();
    save(fresh);
    setDraft(fresh);
  }, []);
  return { draft, change, clear, kept };
}
