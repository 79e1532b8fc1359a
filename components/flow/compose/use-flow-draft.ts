'use client';

import { useCallback, useEffect, useState } from 'react';
import { EXAMPLES, writeJson } from './examples';

const STORE = 'batchyard-flow';
const FIRST = writeJson(EXAMPLES[0]?.flow);

interface Draft {
  text: string;
  /** belongs to exactly this text, so that a repeated launch creates the flows once */
  idempotencyKey: string;
}

const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

/** The flow draft, stored in the browser on each change; null until the browser's storage was read. */
export function useFlowDraft() {
  const [draft, setDraft] = useState<Draft | null>(null);
  useEffect(() => {
    setDraft({ text: load() ?? FIRST, idempotencyKey: newKey() });
  }, []);
  const write = useCallback((text: string) => {
    save(text);
    setDraft({ text, idempotencyKey: newKey() });
  }, []);
  /** A new key after a launch, so that launching the same text again creates another flow. */
  const launched = useCallback(() => setDraft((now) => now && { ...now, idempotencyKey: newKey() }), []);
  return { draft, write, launched };
}

function load(): string | null {
  try {
    return globalThis.localStorage.getItem(STORE);
  } catch {
    // The browser denies access to its storage. Start with the first example.
    return null;
  }
}

function save(text: string): void {
  try {
    globalThis.localStorage.setItem(STORE, text);
  } catch {
    // The storage is full or denied. The text stays on screen; only a reload would lose it.
  }
}
