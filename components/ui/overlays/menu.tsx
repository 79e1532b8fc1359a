import { Check } from 'lucide-react';
import * as Radix from 'radix-ui/dropdown-menu';
import { type ComponentProps, useEffect, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { type MenuParts, PartsContext } from '@/components/ui/menu-parts';
import type { Opened } from '@/components/ui/use-opened';
import { Borrowed } from './borrowed';

const itemStyle =
  'flex min-h-8 cursor-default select-none items-center gap-2 rounded-sm px-2 text-sm outline-none data-[highlighted]:bg-hover data-[disabled]:opacity-55 [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-muted';

const PARTS: MenuParts = {
  Item: ({ className, danger, hint, children, ...props }) => (
    <Radix.Item
      className={cn(itemStyle, danger && 'text-status-failed [&_svg]:text-status-failed', hint && 'py-1', className)}
      {...props}
    >
      {hint ? (
        <span className="flex min-w-0 flex-col">
          <span className="flex items-center gap-2">{children}</span>
          <span className="text-muted text-xs">{hint}</span>
        </span>
      ) : (
        children
      )}
    </Radix.Item>
  ),
  RadioGroup: (props) => <Radix.RadioGroup {...props} />,
  RadioItem: ({ className, children, ...props }) => (
    <Radix.RadioItem className={cn(itemStyle, className)} {...props}>
      {children}
      <Radix.ItemIndicator className="ml-auto">
        <Check />
      </Radix.ItemIndicator>
    </Radix.RadioItem>
  ),
  CheckboxItem: ({ className, children, ...props }) => (
    <Radix.CheckboxItem className={cn(itemStyle, 'pl-7', className)} {...props}>
      <Radix.ItemIndicator className="absolute left-3">
        <Check />
      </Radix.ItemIndicator>
      {children}
    </Radix.CheckboxItem>
  ),
  Label: ({ className, ...props }) => (
    <Radix.Label className={cn('px-2 py-1.5 text-muted text-xs', className)} {...props} />
  ),
  Separator: ({ className, ...props }) => (
    <Radix.Separator className={cn('-mx-1 my-1 h-px bg-line', className)} {...props} />
  ),
};

interface MenuProps extends ComponentProps<typeof Radix.Content> {
  opened: Opened;
  trigger: HTMLElement;
}

/** The menu of a trigger that is on the page already. */
export function Menu({ opened, trigger, className, align = 'end', children, ...props }: MenuProps) {
  const { open, setOpen, id, byKey } = opened;
  const [ready, setReady] = useState(false);
  useEffect(() => {
    // The menu highlights its first item if the last input was a key, and that key was pressed before it was loaded.
    if (byKey.current) document.dispatchEvent(new KeyboardEvent('keydown'));
    setReady(true);
  }, [byKey]);
  return (
    <Radix.Root open={open && ready} onOpenChange={setOpen}>
      <Radix.Trigger asChild>
        <Borrowed element={trigger} />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          id={`${id}-content`}
          aria-labelledby={id}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={cn(
            'z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 max-w-80 animate-pop overflow-y-auto rounded-md border border-line-strong bg-surface p-1 shadow-pop',
            className,
          )}
          {...props}
        >
          <PartsContext value={PARTS}>{children}</PartsContext>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
