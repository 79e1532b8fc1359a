import * as Radix from 'radix-ui/tooltip';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { Borrowed } from './borrowed';

export interface ShownTooltip {
  content: ReactNode;
  side: 'top' | 'right' | 'bottom' | 'left';
  className: string | undefined;
}

/** A tooltip whose element the pointer or the focus has reached. */
export interface ArmedTooltip extends ShownTooltip {
  id: string;
  element: HTMLElement;
}

/** The tooltips of the elements that the pointer or the focus reached last. */
export function Tooltips({ armed }: { armed: readonly ArmedTooltip[] }) {
  return (
    <Radix.Provider delayDuration={400} skipDelayDuration={200}>
      {armed.map(({ id, element, content, side, className }) => (
        <Radix.Root key={id}>
          <Radix.Trigger asChild>
            <Borrowed element={element} listens />
          </Radix.Trigger>
          <Radix.Portal>
            <Radix.Content
              side={side}
              sideOffset={6}
              collisionPadding={8}
              className={cn(
                'z-50 max-w-72 animate-fade rounded-md bg-ink px-2 py-1 text-canvas text-xs shadow-pop [overflow-wrap:anywhere]',
                className,
              )}
            >
              {content}
            </Radix.Content>
          </Radix.Portal>
        </Radix.Root>
      ))}
    </Radix.Provider>
  );
}
