'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { type Draft, emptyDraft, newKey } from './draft';
import { dropDraft, loadDraft, loadLastDraft, saveDraft } from './draft-store';

export interface DraftState {
  /** null until the browser's storage was read */
  draft: Draft | null;
  change: (changes: Partial<Draft> | ((draft: Draft) => Partial<Draft>)) => void;
  /** shows the draft of another job type; the present draft stays stored under its own type */
  choose: (type: string) => void;
  /** deletes the draft, after a launch or on request */
  clear: () => void;
  /** whether the draft would survive a reload */
  kept: boolean;
}

/** The launch draft, one for each job type, stored in the browser on each change. */
export function useDraft(wantedType: string | null): DraftState {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [kept, setKept] = useState(true);
  const latest = useRef<Draft | null>(null);

  useEffect(() => {
    setDraft((now) => {
      if (now && (!wantedType || wantedType === now.type)) return now;
      return wantedType ? loadDraft(wantedType) : loadLastDraft();
    });
  }, [wantedType]);

  useEffect(() => {
    latest.current = draft;
    if (!draft) return;
    const timer = setTimeout(() => setKept(saveDraft(draft)), 250);
    return () => clearTimeout(timer);
  }, [draft]);

  // A reload or a change of type within 250 ms must not lose the last input, so it saves before the timer.
  const saveNow = useCallback(() => {
    if (latest.current) saveDraft(latest.current);
  }, []);
  useEffect(() => {
    globalThis.addEventListener('pagehide', saveNow);
    return () => {
      globalThis.removeEventListener('pagehide', saveNow);
      saveNow();
    };
  }, [saveNow]);

  const change = useCallback((changes: Partial<Draft> | ((draft: Draft) => Partial<Draft>)) => {
    setDraft((now) => {
      if (!now) return now;
      const next = typeof changes === 'function' ? changes(now) : changes;
      return { ...now, ...next, idempotencyKey: newKey() };
    });
  }, []);
  const choose = useCallback(
    (type: string) => {
      saveNow();
      setDraft((now) => (now?.type === type ? now : loadDraft(type)));
    },
    [saveNow],
  );
  const clear = useCallback(() => {
    if (latest.current) dropDraft(latest.current.type);
    const fresh = emptyDraft();
    latest.current = fresh;
    setDraft(fresh);
  }, []);
  return { draft, change, choose, clear, kept };
}
