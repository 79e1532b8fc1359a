import { LockKeyhole } from 'lucide-react';
import { cn } from '@/components/ui/cn';

/** A quiet word where people would look for buttons that their role may not use. */
export function RoleNote({ reason, className }: { reason: string | null; className?: string }) {
  if (reason === null) return null;
  return (
    <p className={cn('inline-flex items-center gap-1.5 text-muted text-xs', className)}>
      <LockKeyhole className="size-3.5 shrink-0" aria-hidden="true" />
      {reason}.
    </p>
  );
}
