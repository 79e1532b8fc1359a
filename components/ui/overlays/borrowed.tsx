import { type Ref, useEffect, useEffectEvent, useLayoutEffect } from 'react';

interface BorrowedProps {
  element: HTMLElement;
  /** hands the events of the element on to the trigger */
  listens?: boolean;
  ref?: Ref<HTMLElement>;
  'aria-describedby'?: string;
  [given: string]: unknown;
}

const EVENTS = {
  pointermove: 'onPointerMove',
  pointerleave: 'onPointerLeave',
  pointerdown: 'onPointerDown',
  focusin: 'onFocus',
  focusout: 'onBlur',
  click: 'onClick',
};

/**
 * Lends an element of the page to the trigger of an overlay that was loaded later: `<Trigger asChild><Borrowed …/>`. The
 * element stays where it is, with its focus.
 */
export function Borrowed({ element, listens = false, ref, ...given }: BorrowedProps) {
  const hold = useEffectEvent((held: HTMLElement | null) => {
    if (typeof ref === 'function') ref(held);
    else if (ref) ref.current = held;
  });
  const react = useEffectEvent((event: Event) => {
    const handle = given[EVENTS[event.type as keyof typeof EVENTS]];
    if (typeof handle === 'function') handle(event);
  });
  useLayoutEffect(() => {
    hold(element);
    return () => hold(null);
  }, [element]);
  useEffect(() => {
    if (!listens) return;
    const listener = (event: Event) => react(event);
    for (const type of Object.keys(EVENTS)) element.addEventListener(type, listener);
    // What led to the loading happened before.
    if (element.matches(':focus-visible')) react(new FocusEvent('focusin'));
    else if (element.matches(':hover')) react(new PointerEvent('pointermove'));
    return () => {
      for (const type of Object.keys(EVENTS)) element.removeEventListener(type, listener);
    };
  }, [element, listens]);
  const description = given['aria-describedby'];
  useEffect(() => {
    if (!description) return;
    const own = element.getAttribute('aria-describedby');
    element.setAttribute('aria-describedby', own ? `${own} ${description}` : description);
    return () => {
      if (own) element.setAttribute('aria-describedby', own);
      else element.removeAttribute('aria-describedby');
    };
  }, [element, description]);
  return null;
}
