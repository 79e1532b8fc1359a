'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import {
  type ComponentProps,
  createContext,
  type ReactNode,
  type RefObject,
  use,
  useEffect,
  useRef,
  useState,
} from 'react';
import { Button } from './button';
import { cn } from './cn';

export const DialogClose = Radix.Close;

interface Opening {
  /** the element that opened the dialog, and gets the focus back */
  opener: RefObject<HTMLElement | null>;
  isOpen: RefObject<boolean>;
}

const OpeningContext = createContext<Opening | null>(null);

/** A dialog that a page opens and closes. Its content may be replaced while it is open. */
export function Dialog({ open = false, ...props }: ComponentProps<typeof Radix.Root>) {
  const [opening] = useState<Opening>({ opener: { current: null }, isOpen: { current: false } });
  useEffect(() => {
    opening.isOpen.current = open;
    return () => {
      opening.isOpen.current = false;
    };
  }, [open, opening]);
  return (
    <OpeningContext value={opening}>
      <Radix.Root open={open} {...props} />
    </OpeningContext>
  );
}

interface DialogContentProps extends Omit<ComponentProps<typeof Radix.Content>, 'title'> {
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

/** Returns the element that opened a dialog: the focused element, or the trigger of the menu that contains it. */
function openerOf(element: Element | null): HTMLElement | null {
  const menu = element?.closest('[role="menu"]');
  const opener = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : element;
  return opener instanceof HTMLElement ? opener : null;
}

/** Remembers what had the focus. It renders before a field with `autoFocus` takes it, and the first content counts. */
function RememberOpener({ opener }: Pick<Opening, 'opener'>) {
  const [found] = useState(() => openerOf(document.activeElement));
  useEffect(() => {
    opener.current ??= found;
  }, [opener, found]);
  return null;
}

function focusAgain(event: Event, opener: HTMLElement | null): void {
  if (event.defaultPrevented) return;
  event.preventDefault();
  // The row of a deleted record is gone, and with it the button that was pressed.
  (opener?.isConnected ? opener : document.getElementById('content'))?.focus();
}

/** Returns the focus to the element that opened a dialog. Radix does this only for its own triggers. */
export function useFocusReturn() {
  const opener = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: (): void => {
      opener.current = openerOf(document.activeElement);
    },
    onCloseAutoFocus: (event: Event): void => focusAgain(event, opener.current),
  };
}

/** A dialog: centered on a desktop, a full-width sheet on a phone. It traps the focus and returns it when it closes. */
export function DialogContent({
  title,
  bare,
  description,
  footer,
  size = 'md',
  className,
  children,
  onCloseAutoFocus,
  ...props
}: DialogContentProps) {
  const opening = use(OpeningContext);
  return (
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
          if (!opening) return;
          // Another content took the place of this one: the focus is in it.
          if (opening.isOpen.current) return event.preventDefault();
          focusAgain(event, opening.opener.current);
          opening.opener.current = null;
        }}
      >
        {opening ? <RememberOpener opener={opening.opener} /> : null}
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
  );
}

/** The close button in a dialog's corner, for content with its own title bar. */
export function DialogCloseButton() {
  return (
    <Radix.Close asChild>
      <Button variant="ghost" size="icon-sm" aria-label="Close">
        <X />
      </Button>
    </Radix.Close>
  );
}
