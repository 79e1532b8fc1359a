import { cn } from './cn';

/** The logo of Batchyard: a grid of cells, one of them active. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className={cn('size-5', className)}>
      <rect x="1" y="1" width="18" height="18" rx="4" fill="var(--ink)" />
      <g fill="var(--surface)">
        <rect x="4.5" y="4.5" width="3" height="3" rx="0.6" />
        <rect x="8.5" y="4.5" width="3" height="3" rx="0.6" />
        <rect x="12.5" y="4.5" width="3" height="3" rx="0.6" opacity="0.4" />
        <rect x="4.5" y="8.5" width="3" height="3" rx="0.6" />
        <rect x="12.5" y="8.5" width="3" height="3" rx="0.6" opacity="0.4" />
        <rect x="4.5" y="12.5" width="3" height="3" rx="0.6" opacity="0.4" />
        <rect x="8.5" y="12.5" width="3" height="3" rx="0.6" opacity="0.4" />
        <rect x="12.5" y="12.5" width="3" height="3" rx="0.6" opacity="0.4" />
      </g>
      <rect x="8.5" y="8.5" width="3" height="3" rx="0.6" fill="var(--status-active)" />
    </svg>
  );
}
