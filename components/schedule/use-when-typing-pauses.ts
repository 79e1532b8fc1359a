'use client';

import { useEffect, useState } from 'react';

/** What depends on a form follows when typing pauses, in milliseconds. */
const TYPING_MS = 300;

/** Returns a value of plain data as it was when it last stayed the same for a moment. */
export function useWhenTypingPauses<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as T), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
