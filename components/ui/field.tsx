'use client';

import { type ReactNode, useId } from 'react';
import { cn } from './cn';

interface FieldProps {
  label: ReactNode;
  /** explains the field in one line */
  hint?: ReactNode;
  /** the validation error */
  error?: ReactNode;
  /** shown after the label: `optional` */
  note?: ReactNode;
  className?: string | undefined;
  /** spread the given attributes on the control */
  children: (control: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': true | undefined;
  }) => ReactNode;
}

/** A control with its label, hint and error, linked for screen readers. */
export function Field({ label, hint, error, note, className, children }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div className={cn('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="flex items-baseline gap-2 font-medium text-xs">
        {label}
        {note ? <span className="font-normal text-muted">{note}</span> : null}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {hint ? (
        <p id={`${id}-hint`} className="text-muted text-xs">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-status-failed text-xs [overflow-wrap:anywhere]">
          {error}
        </p>
      ) : null}
    </div>
  );
}
