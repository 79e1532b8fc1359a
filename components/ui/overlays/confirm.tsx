import * as Radix from 'radix-ui/alert-dialog';
import { type FormEvent, type ReactNode, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { focusAgain, openerOf } from '@/components/ui/opener';
import { useWrongFieldFocus } from '@/components/ui/use-wrong-field-focus';

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** the question, with the name of the record */
  title: string;
  /** the exact effect of the action */
  consequence: ReactNode;
  /** label of the confirm button, a verb: `Cancel batch`; null if the action is not possible */
  confirm: string | null;
  /** label of the dismiss button: `Keep running` */
  keep?: string;
  danger?: boolean;
  busy?: boolean;
  /** error of the last attempt */
  error?: string | null;
  onConfirm: () => void;
  children?: ReactNode;
}

/** Returns the focus to the element that opened a dialog. Radix does this only for its own triggers. */
function useFocusReturn() {
  const opener = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: (): void => {
      opener.current = openerOf(document.activeElement);
    },
    onCloseAutoFocus: (event: Event): void => focusAgain(event, opener.current),
  };
}

/** The question of a ConfirmDialog. */
export function Confirm(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, consequence, confirm, keep = 'Keep as it is', danger, busy, error } = props;
  const focus = useFocusReturn();
  const wrongField = useWrongFieldFocus(Boolean(busy));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A dialog is a child of the page's form in React, not in the document.
    event.stopPropagation();
    if (!busy) props.onConfirm();
  };
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-overlay" />
        <Radix.Content
          {...focus}
          className="fixed inset-x-0 bottom-0 z-40 max-h-[92dvh] animate-sheet overflow-y-auto rounded-t-lg border border-line-strong bg-surface shadow-pop outline-none sm:inset-x-4 sm:top-[18vh] sm:bottom-auto sm:mx-auto sm:max-w-md sm:animate-pop sm:rounded-lg"
        >
          <form {...wrongField} aria-label={title} noValidate onSubmit={submit}>
            <div className="space-y-2 p-4">
              <Radix.Title className="font-semibold text-base [overflow-wrap:anywhere]">{title}</Radix.Title>
              <Radix.Description asChild>
                <div className="text-muted text-sm">{consequence}</div>
              </Radix.Description>
              {props.children}
              {error ? (
                <p role="alert" className="text-sm text-status-failed">
                  {error}
                </p>
              ) : null}
            </div>
            <footer className="flex flex-wrap justify-end gap-2 border-t px-4 py-3">
              <Radix.Cancel asChild>
                <Button>{keep}</Button>
              </Radix.Cancel>
              {confirm === null ? null : (
                <Button type="submit" variant={danger ? 'danger' : 'primary'} busy={busy}>
                  {confirm}
                </Button>
              )}
            </footer>
          </form>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
