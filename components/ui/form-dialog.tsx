'use client';

import { type FormEvent, type ReactNode, useId } from 'react';
import { Button } from './button';
import { DialogClose, DialogContent } from './dialog';
import { useWrongFieldFocus } from './use-wrong-field-focus';

interface FormDialogProps {
  title: string;
  /** one sentence under the title */
  description?: ReactNode;
  size?: 'sm' | 'md';
  /** label of the button that sends the form, a verb */
  confirm: string;
  /** label of the button that closes the dialog */
  cancel?: string;
  busy: boolean;
  /** the change destroys or reveals something */
  danger?: boolean | undefined;
  /** the browser checks nothing: the form says what is wrong */
  noValidate?: boolean;
  autoComplete?: 'off';
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  children: ReactNode;
}

/** The content of a dialog that is a form: its fields, and below them the buttons to close and to send it. */
export function FormDialog({
  confirm,
  cancel = 'Cancel',
  busy,
  danger,
  children,
  onSubmit,
  noValidate,
  autoComplete,
  description,
  title,
  size = 'md',
}: FormDialogProps) {
  const form = useId();
  const focus = useWrongFieldFocus(busy);
  return (
    <DialogContent
      title={title}
      size={size}
      {...(description ? { description } : {})}
      footer={
        <>
          <DialogClose asChild>
            <Button>{cancel}</Button>
          </DialogClose>
          <Button type="submit" form={form} variant={danger ? 'danger' : 'primary'} busy={busy}>
            {confirm}
          </Button>
        </>
      }
    >
      <form
        {...focus}
        id={form}
        aria-label={title}
        onSubmit={onSubmit}
        noValidate={noValidate}
        autoComplete={autoComplete}
        className="flex flex-col gap-4"
      >
        {children}
      </form>
    </DialogContent>
  );
}
