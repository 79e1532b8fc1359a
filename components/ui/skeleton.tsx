import { cn } from './cn';

/** The place of something that is still coming, in its final geometry. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cn('block h-3 animate-pulse-slow rounded-sm bg-line', className)} />;
}
