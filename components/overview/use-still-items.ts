'use client';

import { type FocusEvent, useRef, useState } from 'react';
import type { AttentionItem } from '@/lib/contracts/attention';

interface StillItem {
  item: AttentionItem;
  /** it is not in the list any more, and goes as soon as nobody is in the list */
  settled: boolean;
}

/** Keeps the items in place while the pointer or the focus is among them: what is gone stays as settled, what is new comes last. */
export function useStillItems(items: readonly AttentionItem[]) {
  const [held, setHeld] = useState<readonly AttentionItem[] | null>(null);
  const inside = useRef({ pointer: false, focus: false });
  const change = (what: 'pointer' | 'focus', isInside: boolean) => {
    inside.current[what] = isInside;
    const isBusy = inside.current.pointer || inside.current.focus;
    setHeld((before) => (isBusy ? (before ?? items) : null));
  };
  const handlers = {
    onPointerEnter: () => change('pointer', true),
    onPointerLeave: () => change('pointer', false),
    // A click leaves the focus behind when the pointer goes on; only the keyboard works with it.
    onFocus: ({ target }: FocusEvent) => change('focus', target.matches(':focus-visible')),
    onBlur: ({ currentTarget, relatedTarget }: FocusEvent) => {
      if (relatedTarget === null || !currentTarget.contains(relatedTarget)) change('focus', false);
    },
  };
  const now = new Map(items.map((item) => [item.id, item]));
  const kept = (held ?? []).map((item): StillItem => {
    const current = now.get(item.id);
    return { item: current ?? item, settled: current === undefined };
  });
  const known = new Set(kept.map(({ item }) => item.id));
  const added = items.filter(({ id }) => !known.has(id)).map((item): StillItem => ({ item, settled: false }));
  return { items: [...kept, ...added], handlers };
}
