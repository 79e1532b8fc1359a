import { cn } from './cn';

/** A placeholder for loading content, with the final size. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cn('block h-3 animate-pulse-slow rounded-sm bg-line', className)} />;
}
