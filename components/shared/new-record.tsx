'use client';

import { Plus } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Link } from '@/components/ui/link';
import { useViewer } from '@/lib/client/queries/system';
import { roleReason } from './gating';
import { RoleNote } from './role-note';

const PAGES = { batch: '/batches/new', flow: '/flows/new', schedule: '/schedules/new' };

/** A link to the page that creates a new record, for those who may. */
export function NewRecord({ what }: { what: keyof typeof PAGES }) {
  const { data: viewer } = useViewer();
  const reason = roleReason(viewer, what === 'schedule' ? 'schedule.create' : `${what}.launch`);
  if (reason !== null) return <RoleNote reason={reason} />;
  return (
    <Button variant="primary" asChild>
      <Link href={PAGES[what]}>
        <Plus /> New {what}
      </Link>
    </Button>
  );
}
