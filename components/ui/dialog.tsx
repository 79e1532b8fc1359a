'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { onDemand } from './on-demand';
import { type Opening, OpeningContext, useOpening } from './opening';
import type { DialogContentProps } from './overlays/dialog';

export { DialogClose, DialogCloseButton } from './opening';

const OpenDialog = onDemand(
  () => import('./overlays/dialog').then((module) => module.OpenDialog),
  ({ opening }) => opening.open,
);

interface DialogProps {
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

/** A dialog that a page opens and closes. Its content may be replaced while it is open. */
export function Dialog({ open = false, onOpenChange, children }: DialogProps) {
  const [refs] = useState<Pick<Opening, 'opener' | 'isOpen'>>({
    opener: { current: null },
    isOpen: { current: false },
  });
  useEffect(() => {
    refs.isOpen.current = open;
    return () => {
      refs.isOpen.current = false;
    };
  }, [open, refs]);
  return (
    <OpeningContext value={{ ...refs, open, onOpenChange: (next) => onOpenChange?.(next) }}>{children}</OpeningContext>
  );
}

/**
 * A dialog: centered on a desktop, a full-width sheet on a phone. It traps the focus and returns it when it closes. What
 * shows it is loaded when the page has time, or when the first one opens.
 */
export function DialogContent(props: DialogContentProps) {
  const opening = useOpening();
  return <OpenDialog opening={opening} {...props} />;
}
