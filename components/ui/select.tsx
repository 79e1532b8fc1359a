import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from './cn';
import { controlStyle } from './input';

/** The platform's select, for phones and keyboards. The children are `<option>` elements. */
export function Select({ className, children, ...props }: ComponentProps<'select'>) {
  return (
    <span className={cn('relative inline-flex min-w-0', className)}>
      <select
        className={cn(controlStyle, 'h-8 appearance-none truncate pr-7 pl-2.5 text-sm pointer-coarse:h-10')}
        {...props}
      >
        {children}
      </select>
      <ChevronDown
        className="pointer-events-none absolute inset-y-0 right-2 my-auto size-3.5 text-muted"
        aria-hidden="true"
      />
    </span>
  );
}
