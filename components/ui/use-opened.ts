import { type RefObject, type SyntheticEvent, useId, useRef, useState } from 'react';

/** An overlay that belongs to a trigger: whether it is open, and the trigger once the pointer or the focus reached it. */
export interface Opened {
  /** the id of the trigger */
  id: string;
  open: boolean;
  setOpen: (open: boolean) => void;
  trigger: HTMLElement | null;
  /** a key was the last to open it */
  byKey: RefObject<boolean>;
  /** loads the overlay: something of it may be wanted soon */
  arm: (event: SyntheticEvent<HTMLElement>) => void;
}

export interface OpenedProps {
  open?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
}

/** Keeps the state of an overlay that is loaded on first use. `open` given from outside counts. */
export function useOpened({ open: given, onOpenChange }: OpenedProps): Opened {
  const [own, setOwn] = useState(false);
  const [trigger, setTrigger] = useState<HTMLElement | null>(null);
  const byKey = useRef(false);
  const id = useId();
  return {
    id,
    open: given ?? own,
    setOpen: (open) => {
      setOwn(open);
      onOpenChange?.(open);
    },
    trigger,
    byKey,
    arm: ({ currentTarget }) => setTrigger(currentTarget),
  };
}
