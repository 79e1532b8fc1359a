import * as Radix from 'radix-ui/dialog';
import { type ComponentProps, type ReactNode, useEffect, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { focusAgain, openerOf } from '@/components/ui/opener';
import { DialogCloseButton, type Opening } from '@/components/ui/opening';

export interface DialogContentProps extends Omit<ComponentProps<typeof Radix.Content>, 'title'> {
  /** accessible name of the dialog */
  title: ReactNode;
  /** hides the title bar, because the content has its own; screen readers still read the title */
  bare?: boolean;
  /** one sentence under the title */
  description?: ReactNode;
  /** buttons, right-aligned */
  footer?: ReactNode;
  size?: 'sm' | 'md' | 'lg' | 'xl';
}

const WIDTH = { sm: 'sm:max-w-md', md: 'sm:max-w-lg', lg: 'sm:max-w-3xl', xl: 'sm:max-w-5xl' };

/** Remembers what had the focus. It renders before a field with `autoFocus` takes it, and the first content counts. */
function RememberOpener({ opener }: Pick<Opening, 'opener'>) {
  const [found] = useState(() => openerOf(document.activeElement));
  useEffect(() => {
    opener.current ??= found;
  }, [opener, found]);
  return null;
}

/** What a dialog shows while it is open. */
export function OpenDialog({
  opening,
  title,
  bare,
  description,
  footer,
  size = 'md',
  className,
  children,
  onCloseAutoFocus,
  ...props
}: DialogContentProps & { opening: Opening }) {
  return (
    <Radix.Root open={opening.open} onOpenChange={opening.onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-overlay" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cn(
            'fixed inset-x-0 bottom-0 z-40 flex max-h-[92dvh] animate-sheet flex-col rounded-t-lg border border-line-strong bg-surface shadow-pop outline-none',
            'sm:inset-x-4 sm:top-[8vh] sm:bottom-auto sm:mx-auto sm:max-h-[84vh] sm:animate-pop sm:rounded-lg',
            WIDTH[size],
            className,
          )}
          {...props}
          onCloseAutoFocus={(event) => {
            onCloseAutoFocus?.(event);
            // Another content took the place of this one: the focus is in it.
            if (opening.isOpen.current) return event.preventDefault();
            focusAgain(event, opening.opener.current);
            opening.opener.current = null;
          }}
        >
          <RememberOpener opener={opening.opener} />
          {bare ? (
            <Radix.Title className="sr-only">{title}</Radix.Title>
          ) : (
            <header className="flex items-start gap-3 border-b py-3 pr-2 pl-4">
              <div className="min-w-0 flex-1">
                <Radix.Title className="font-semibold text-base [overflow-wrap:anywhere]">{title}</Radix.Title>
                {description ? (
                  <Radix.Description className="mt-1 text-muted text-sm">{description}</Radix.Description>
                ) : null}
              </div>
              <DialogCloseButton />
            </header>
          )}
          {children ? <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div> : null}
          {footer ? <footer className="flex flex-wrap justify-end gap-2 border-t px-4 py-3">{footer}</footer> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
