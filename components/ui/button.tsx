'use client';

import { cva, type VariantProps } from 'class-variance-authority';
import * as Slot from 'radix-ui/slot';
import { type ComponentProps, type MouseEvent, useId } from 'react';
import { cn } from './cn';
import { Spinner } from './spinner';
import { Tooltip } from './tooltip';

export const buttonStyle = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors duration-150 aria-disabled:cursor-not-allowed disabled:cursor-not-allowed disabled:opacity-55 [&_svg]:size-3.5 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary:
          'border-transparent bg-accent-fill text-on-accent not-aria-disabled:hover:bg-accent-fill-strong focus-visible:outline-offset-2',
        secondary:
          'border-line-strong bg-surface text-ink not-aria-disabled:hover:border-control-line not-aria-disabled:hover:bg-hover',
        ghost:
          'border-transparent bg-transparent text-muted not-aria-disabled:hover:bg-hover not-aria-disabled:hover:text-ink',
        danger:
          'border-status-failed/40 bg-surface text-status-failed not-aria-disabled:hover:border-status-failed not-aria-disabled:hover:bg-status-failed-soft',
        link: 'h-auto! border-transparent p-0! text-accent underline-offset-2 not-aria-disabled:hover:underline',
      },
      size: {
        sm: 'h-7 px-2 text-xs pointer-coarse:h-9 pointer-coarse:px-2.5',
        md: 'h-8 px-3 text-sm pointer-coarse:h-10',
        lg: 'h-10 px-4 text-base',
        icon: 'size-8 p-0 pointer-coarse:size-10 [&_svg]:size-4',
        // A finger hits 40 px; the button keeps its size, so that dense rows keep theirs.
        'icon-sm': 'relative size-7 p-0 pointer-coarse:after:absolute pointer-coarse:after:-inset-1.5 [&_svg]:size-3.5',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
);

const QUIET = 'text-faint [&_svg]:opacity-60';
const BLOCKED = {
  primary: 'border-line-strong bg-sunken text-muted',
  secondary: 'border-line bg-sunken text-muted',
  danger: 'border-line bg-sunken text-muted',
  ghost: QUIET,
  link: QUIET,
};

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof buttonStyle> {
  /** renders the child (a link) as a button */
  asChild?: boolean;
  /** why the button is disabled; shown on hover and read by screen readers */
  reason?: string | null | false;
  /** a mutation is in progress: shows a spinner, ignores clicks and keeps the width */
  busy?: boolean | undefined;
}

/** An action. A disabled button shows why (`reason`), and it stays focusable so that everyone can read the reason. */
export function Button({ variant, size, asChild, reason, busy, className, children, onClick, ...props }: ButtonProps) {
  const id = useId();
  const classes = cn(
    buttonStyle({ variant, size }),
    busy && 'relative opacity-75',
    // Gray but readable, because users must be able to read the reason.
    reason && !busy && BLOCKED[variant ?? 'secondary'],
    className,
  );
  if (asChild) {
    return (
      <Slot.Root className={classes} {...(props as ComponentProps<typeof Slot.Root>)}>
        {children}
      </Slot.Root>
    );
  }
  const blocked = Boolean(reason) || busy;
  const stop = (event: MouseEvent<HTMLButtonElement>) => (blocked ? event.preventDefault() : onClick?.(event));
  const button = (
    <button
      type="button"
      className={classes}
      aria-disabled={blocked || undefined}
      aria-busy={busy || undefined}
      aria-describedby={reason ? id : undefined}
      {...props}
      onClick={stop}
    >
      {busy ? (
        <>
          {/* Transparent and not hidden, so that the button keeps its name and its width. */}
          <span className="inline-flex items-center gap-1.5 opacity-0">{children}</span>
          <Spinner className="absolute inset-0 m-auto" />
        </>
      ) : (
        children
      )}
      {reason ? (
        <span id={id} hidden>
          {reason}
        </span>
      ) : null}
    </button>
  );
  return reason ? <Tooltip content={reason}>{button}</Tooltip> : button;
}
