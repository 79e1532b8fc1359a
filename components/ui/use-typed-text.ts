'use client';

import { useEffect, useEffectEvent, useRef, useState } from 'react';

interface TypedText {
  /** what is in the input */
  draft: string;
  /** puts a text into the input; it is applied when typing pauses */
  type: (text: string) => void;
  /** applies a text now */
  apply: (text: string) => void;
  /** something was typed and is not applied yet */
  isTyped: boolean;
  /** applies what was typed, as when the input is left */
  flush: () => void;
}

/**
 * A text that a person types and that others may change too. Applied texts come back as `value` after a while, and do
 * not touch what was typed since. A value that comes from elsewhere wins over what is typed, and is never applied again:
 * only what a person typed is.
 * @param accepts whether a text may be applied; default: every text
 */
export function useTypedText(
  value: string,
  onApply: (text: string) => void,
  accepts?: (text: string) => boolean,
): TypedText {
  const [draft, setDraft] = useState(value);
  const [seen, setSeen] = useState(value);
  const [isTyped, setTyped] = useState(false);
  /** texts that were applied and have not come back yet */
  const sent = useRef<string[]>([]);
  if (seen !== value) {
    setSeen(value);
    if (!sent.current.includes(value)) {
      setDraft(value);
      setTyped(false);
    }
  }
  // Not while rendering: a rendering that is given up would forget what is still under way.
  useEffect(() => {
    const mine = sent.current.lastIndexOf(value);
    sent.current = mine < 0 ? [] : sent.current.slice(mine + 1);
  }, [value]);

  const apply = (text: string) => {
    setTyped(false);
    const wanted = text.trim();
    // A text that is under way may never come back: one that replaced it at once has the value from before.
    if ((wanted === value && sent.current.length === 0) || accepts?.(wanted) === false) return;
    sent.current.push(wanted);
    onApply(wanted);
  };
  return {
    draft,
    isTyped,
    type: (text) => {
      setDraft(text);
      setTyped(true);
    },
    apply: (text) => {
      setDraft(text);
      apply(text);
    },
    flush: () => {
      if (isTyped) apply(draft);
    },
  };
}

/**
 * Applies what was typed when typing pauses.
 * @param pauseMs milliseconds without typing
 * @param waits more is to come: a pause applies nothing
 */
export function useApplyOnPause(
  { draft, isTyped, flush }: TypedText,
  { pauseMs, waits = false }: { pauseMs: number; waits?: boolean },
): void {
  const onPause = useEffectEvent(flush);
  useEffect(() => {
    if (!isTyped || waits) return;
    const timer = setTimeout(() => onPause(), pauseMs);
    return () => clearTimeout(timer);
  }, [draft, isTyped, waits, pauseMs]);
}
