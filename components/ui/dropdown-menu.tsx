'use client';

import type * as Radix from 'radix-ui/dropdown-menu';
import * as Slot from 'radix-ui/slot';
import { type ComponentProps, createContext, type KeyboardEvent, type PointerEvent, type ReactNode, use } from 'react';
import { type ItemProps, useParts } from './menu-parts';
import { onDemand } from './on-demand';
import { type Opened, type OpenedProps, useOpened } from './use-opened';

const Menu = onDemand(() => import('./overlays/menu').then((module) => module.Menu));

const OpenedContext = createContext<Opened | null>(null);

function useMenu(): Opened {
  const opened = use(OpenedContext);
  if (!opened) throw new Error('The parts of a menu need a DropdownMenu above them');
  return opened;
}

export function DropdownMenu({ children, ...props }: OpenedProps & { children: ReactNode }) {
  return <OpenedContext value={useOpened(props)}>{children}</OpenedContext>;
}

const OPENING_KEYS = ['Enter', ' ', 'ArrowDown'];

/** The button of a menu. It opens on the press, not on the click, as menus of desktops do. */
export function DropdownMenuTrigger({ asChild, ...props }: ComponentProps<'button'> & { asChild?: boolean }) {
  const { id, open, setOpen, byKey, arm } = useMenu();
  const Element = asChild ? Slot.Root : 'button';
  const press = (event: PointerEvent<HTMLButtonElement>) => {
    arm(event);
    if (event.button !== 0 || event.ctrlKey) return;
    byKey.current = false;
    // The trigger must not take the focus from the menu.
    if (!open) event.preventDefault();
    setOpen(!open);
  };
  const type = (event: KeyboardEvent<HTMLButtonElement>) => {
    if (!OPENING_KEYS.includes(event.key)) return;
    event.preventDefault();
    arm(event);
    byKey.current = true;
    setOpen(event.key === 'ArrowDown' || !open);
  };
  return (
    <Element
      {...(asChild ? {} : { type: 'button' })}
      id={id}
      aria-haspopup="menu"
      aria-expanded={open}
      aria-controls={open ? `${id}-content` : undefined}
      {...props}
      onPointerEnter={arm}
      onFocus={arm}
      onPointerDown={press}
      onKeyDown={type}
    />
  );
}

export function DropdownMenuContent(props: ComponentProps<typeof Radix.Content>) {
  const opened = useMenu();
  if (!opened.trigger) return null;
  return <Menu opened={opened} trigger={opened.trigger} {...props} />;
}

export function DropdownMenuItem(props: ItemProps) {
  const { Item } = useParts();
  return <Item {...props} />;
}

export function DropdownMenuRadioGroup(props: ComponentProps<typeof Radix.RadioGroup>) {
  const { RadioGroup } = useParts();
  return <RadioGroup {...props} />;
}

export function DropdownMenuRadioItem(props: ComponentProps<typeof Radix.RadioItem>) {
  const { RadioItem } = useParts();
  return <RadioItem {...props} />;
}

export function DropdownMenuCheckboxItem(props: ComponentProps<typeof Radix.CheckboxItem>) {
  const { CheckboxItem } = useParts();
  return <CheckboxItem {...props} />;
}

export function DropdownMenuLabel(props: ComponentProps<typeof Radix.Label>) {
  const { Label } = useParts();
  return <Label {...props} />;
}

export function DropdownMenuSeparator(props: ComponentProps<typeof Radix.Separator>) {
  const { Separator } = useParts();
  return <Separator {...props} />;
}
