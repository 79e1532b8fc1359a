import type { ComponentProps } from 'react';
import { cn } from './cn';

/*
 * Pieces of a grid that may be virtualized: divs with roles, and one grid template for header and rows in `--columns`,
 * given by a class so that each breakpoint has its own: `[--columns:1fr_80px] lg:[--columns:2fr_1fr_80px]`.
 */

export function Table({ className, ...props }: ComponentProps<'div'>) {
  // biome-ignore lint/a11y/useSemanticElements: rows are positioned by the virtualizer, which a table element refuses
  return <div role="table" className={cn('min-w-0 text-sm', className)} {...props} />;
}

export function TableHeader({ className, ...props }: ComponentProps<'div'>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Table
    // biome-ignore lint/a11y/useFocusableInteractive: a static table, not a grid
    <div
      role="row"
      className={cn(
        'group/row relative grid h-8 grid-cols-(--columns) items-center gap-3 border-b bg-canvas px-3 font-medium text-muted text-xs has-[[data-select]]:pl-9',
        className,
      )}
      {...props}
    />
  );
}

export function TableRow({ className, ...props }: ComponentProps<'div'>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Table
    // biome-ignore lint/a11y/useFocusableInteractive: see TableHeader
    <div
      role="row"
      className={cn(
        'group/row relative grid h-(--row) grid-cols-(--columns) items-center gap-3 border-b px-3 hover:bg-hover has-[:focus-visible]:bg-hover has-[[data-select]]:pl-9 has-[[data-select]_:checked]:bg-selected',
        className,
      )}
      {...props}
    />
  );
}

/** A cell; `right` for numbers. */
export function TableCell({ right, className, ...props }: ComponentProps<'div'> & { right?: boolean }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Table
    <div role="cell" className={cn('min-w-0 truncate', right && 'text-right', className)} {...props} />
  );
}

export function TableHead({ right, className, ...props }: ComponentProps<'div'> & { right?: boolean }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see Table
    // biome-ignore lint/a11y/useFocusableInteractive: see TableHeader
    <div role="columnheader" className={cn('min-w-0 truncate', right && 'text-right', className)} {...props} />
  );
}
