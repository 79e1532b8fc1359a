'use client';

import { useEffect, useState } from 'react';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { BatchDto } from '@/lib/contracts/batch';
import { cancelConsequence } from './batch-gates';

interface CancelDialogProps {
  batch: BatchDto;
  mode: 'graceful' | 'force' | null;
  busy: boolean;
  error: string | null;
  onConfirm: (force: boolean) => void;
  onClose: () => void;
}

/** Asks for confirmation and shows the effect of a cancel in live numbers. */
export function CancelDialog({ batch, mode, busy, error, onConfirm, onClose }: CancelDialogProps) {
  // Keeps the text while the dialog fades out.
  const [last, setLast] = useState<'graceful' | 'force'>('graceful');
  useEffect(() => {
    if (mode) setLast(mode);
  }, [mode]);
  const force = (mode ?? last) === 'force';
  return (
    <ConfirmDialog
      open={mode !== null}
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={force ? `Force cancel ${batch.name}?` : `Cancel ${batch.name}?`}
      consequence={`${cancelConsequence(batch, force)} What did not run can be retried later.`}
      confirm={force ? 'Force cancel' : 'Cancel batch'}
      keep="Keep running"
      danger
      busy={busy}
      error={error}
      onConfirm={() => onConfirm(force)}
    />
  );
}
