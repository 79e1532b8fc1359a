'use client';

import { X } from 'lucide-react';
import * as Slot from 'radix-ui/slot';
import { createContext, type ReactNode, type RefObject, use } from 'react';
import { Button } from './button';

export interface Opening {
  /** the element that opened the dialog, and gets the focus back */
  opener: RefObject<HTMLElement | null>;
  isOpen: RefObject<boolean>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export const OpeningContext = createContext<Opening | null>(null);

export function useOpening(): Opening {
  const opening = use(OpeningContext);
  if (!opening) throw new Error('The parts of a dialog need a Dialog above them');
  return opening;
}

/** Makes its child, a button, close the dialog too. */
export function DialogClose({ children }: { asChild: true; children: ReactNode }) {
  const { onOpenChange } = useOpening();
  return <Slot.Root onClick={() => onOpenChange(false)}>{children}</Slot.Root>;
}

/** The close button in a dialog's corner, for content with its own title bar. */
export function DialogCloseButton() {
  return (
    <DialogClose asChild>
      <Button variant="ghost" size="icon-sm" aria-label="Close">
        <X />
      </Button>
    </DialogClose>
  );
}
