'use client';

import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { describeError } from '@/lib/client/api';

interface ChangeOrDeleteProps {
  name: string;
  /** what it is: `channel` */
  what: string;
  /** what its deletion does */
  consequence: string;
  deletion: {
    isPending: boolean;
    error: Error | null;
    mutate: (id: string, options: { onSuccess: () => void }) => void;
  };
  id: string;
  onEdit: () => void;
}

/** The buttons at the end of a row that change and delete what it shows. */
export function ChangeOrDelete({ id, name, what, consequence, deletion, onEdit }: ChangeOrDeleteProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="ghost" size="icon-sm" aria-label={`Change ${name}`} onClick={onEdit}>
        <Pencil />
      </Button>
      <Button variant="ghost" size="icon-sm" aria-label={`Delete ${name}`} onClick={() => setAsking(true)}>
        <Trash2 />
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${name}?`}
        consequence={consequence}
        confirm={`Delete ${what}`}
        keep="Keep it"
        danger
        busy={deletion.isPending}
        error={deletion.error ? describeError(deletion.error) : null}
        onConfirm={() => deletion.mutate(id, { onSuccess: () => setAsking(false) })}
      />
    </>
  );
}
