import * as Radix from 'radix-ui/popover';
import type { ComponentProps } from 'react';
import { cn } from '@/components/ui/cn';
import type { Opened } from '@/components/ui/use-opened';
import { Borrowed } from './borrowed';

interface PanelProps extends ComponentProps<typeof Radix.Content> {
  opened: Opened;
  trigger: HTMLElement;
}

/** The panel of a trigger that is on the page already. */
export function PopoverPanel({ opened, trigger, className, align = 'end', ...props }: PanelProps) {
  return (
    <Radix.Root open={opened.open} onOpenChange={opened.setOpen}>
      <Radix.Trigger asChild>
        <Borrowed element={trigger} />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          id={`${opened.id}-content`}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={cn(
            'z-50 w-80 max-w-[calc(100vw-16px)] animate-pop rounded-lg border border-line-strong bg-surface shadow-pop outline-none',
            className,
          )}
          {...props}
        />
      </Radix.Portal>
    </Radix.Root>
  );
}
