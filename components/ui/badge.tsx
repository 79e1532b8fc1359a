import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './cn';

const badgeStyle = cva(
  'inline-flex h-5 shrink-0 items-center gap-1 whitespace-nowrap rounded-sm border px-1.5 font-medium text-2xs',
  {
    variants: {
      tone: {
        neutral: 'border-line bg-sunken text-muted',
        accent: 'border-transparent bg-accent-soft text-accent',
        outline: 'border-line-strong bg-transparent text-muted',
      },
      mono: { true: 'font-mono font-normal' },
    },
    defaultVariants: { tone: 'neutral' },
  },
);

/** A small fact beside a name: a type, a count, a version. For statuses use StatusBadge. */
export function Badge({ tone, mono, className, ...props }: ComponentProps<'span'> & VariantProps<typeof badgeStyle>) {
  return <span className={cn(badgeStyle({ tone, mono }), className)} {...props} />;
}
