'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { useDeletion } from '@/lib/client/queries/people';
import { useViewer } from '@/lib/client/queries/system';
import { DeletionDialog } from './deletion-dialog';

/** Leaves for the sign-in page: the session is gone. */
const leave = (): void => globalThis.location.assign('/sign-in');

/** The deletion of one's own account, or what has to be done first. */
export function DeleteAccount() {
  const [asking, setAsking] = useState(false);
  const { data: viewer } = useViewer();
  const { data: preview } = useDeletion('me');
  if (!viewer || !preview) return null;
  return (
    <Panel title="Delete account">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-xl text-muted text-sm">
          {preview.refusal
            ? preview.refusal.detail
            : 'Deletes your account and what is stored about you, in all organizations. What you launched stays, without your name.'}
        </p>
        {preview.refusal ? null : (
          <Button variant="danger" onClick={() => setAsking(true)}>
            Delete my account
          </Button>
        )}
      </div>
      <DeletionDialog of="me" name={viewer.name} open={asking} onOpenChange={setAsking} onDeleted={leave} />
    </Panel>
  );
}
