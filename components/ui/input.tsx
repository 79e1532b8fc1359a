import type { ComponentProps } from 'react';
import { cn } from './cn';

/**
 * The style of all text controls. The border has a contrast of 3:1, because it alone shows where the control is. The font is
 * 16 px on phones, so that browsers do not zoom in on focus.
 */
export const controlStyle =
  'w-full rounded-md border border-control-line bg-surface text-ink placeholder:text-faint hover:border-muted focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-status-failed disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted aria-disabled:cursor-not-allowed aria-disabled:bg-sunken aria-disabled:text-muted max-sm:text-lg';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return (
    <input
      className={cn(controlStyle, 'h-8 px-2.5 text-sm read-only:bg-sunken pointer-coarse:h-10', className)}
      {...props}
    />
  );
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea
      className={cn(controlStyle, 'min-h-20 px-2.5 py-1.5 text-sm read-only:bg-sunken', className)}
      {...props}
    />
  );
}
