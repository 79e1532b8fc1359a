'use client';

import { type RefObject, useEffect, useReducer, useRef } from 'react';

interface FormProps {
  ref: RefObject<HTMLFormElement | null>;
  onSubmitCapture: () => void;
}

/**
 * Moves the focus to the first field with an error after the form was sent, so that its reason is read at once. Spread the
 * result on the form. @param busy the answer of the server is awaited
 */
export function useWrongFieldFocus(busy: boolean): FormProps {
  const ref = useRef<HTMLFormElement>(null);
  const sent = useRef(false);
  const [, renderAgain] = useReducer((count: number) => count + 1, 0);
  // After every render, because the errors come with one: at once from the browser, later from the server.
  useEffect(() => {
    if (!sent.current || busy) return;
    const wrong = ref.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    if (!wrong) return;
    sent.current = false;
    wrong.focus();
  });
  return {
    ref,
    onSubmitCapture: () => {
      sent.current = true;
      // The same errors as before would not render.
      renderAgain();
    },
  };
}
