'use client';

import type * as Radix from 'radix-ui/popover';
import * as Slot from 'radix-ui/slot';
import { type ComponentProps, createContext, type MouseEvent, type ReactNode, use } from 'react';
import { onDemand } from './on-demand';
import { type Opened, type OpenedProps, useOpened } from './use-opened';

const Panel = onDemand(() => import('./overlays/popover').then((module) => module.PopoverPanel));

const OpenedContext = createContext<Opened | null>(null);

function usePopover(): Opened {
  const opened = use(OpenedContext);
  if (!opened) throw new Error('The parts of a popover need a Popover above them');
  return opened;
}

export function Popover({ children, ...props }: OpenedProps & { children: ReactNode }) {
  return <OpenedContext value={useOpened(props)}>{children}</OpenedContext>;
}

/** Makes its child, a button, open the panel. */
export function PopoverTrigger({ children }: { asChild: true; children: ReactNode }) {
  const { id, open, setOpen, arm } = usePopover();
  const toggle = (event: MouseEvent<HTMLElement>) => {
    arm(event);
    setOpen(!open);
  };
  return (
    <Slot.Root
      aria-haspopup="dialog"
      aria-expanded={open}
      aria-controls={open ? `${id}-content` : undefined}
      onPointerEnter={arm}
      onFocus={arm}
      onClick={toggle}
    >
      {children}
    </Slot.Root>
  );
}

/** A small panel that belongs to the control that opened it. It is loaded when the pointer or the focus reaches that. */
export function PopoverContent(props: ComponentProps<typeof Radix.Content>) {
  const opened = usePopover();
  if (!opened.trigger) return null;
  return <Panel opened={opened} trigger={opened.trigger} {...props} />;
}

/** Makes its child, a link or a button, close the panel too. */
export function PopoverClose({ children }: { asChild: true; children: ReactNode }) {
  const { setOpen } = usePopover();
  return <Slot.Root onClick={() => setOpen(false)}>{children}</Slot.Root>;
}
