'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Panel } from '@/components/ui/panel';
import { describeError } from '@/lib/client/api';
import { useDeleteOrganization } from '@/lib/client/mutations/people';

interface DeleteOrganizationProps {
  organization: { id: string; name: string };
  /** the person belongs to no other organization */
  isOnly: boolean;
}

/** The deletion, which is asked for with the name of the organization. */
export function DeleteOrganization({ organization, isOnly }: DeleteOrganizationProps) {
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const [missing, setMissing] = useState(false);
  const remove = useDeleteOrganization();
  const confirm = () => {
    const matches = typed.trim() === organization.name;
    setMissing(!matches);
    if (matches) remove.mutate(organization.id);
  };
  return (
    <Panel title="Delete">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-xl text-muted text-sm">
          Deletes {organization.name} with all its batches, jobs, files, keys and secrets. Refused while something runs.
        </p>
        <Button variant="danger" onClick={() => setAsking(true)}>
          Delete organization
        </Button>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${organization.name}?`}
        consequence={`Nobody can use it from now on, its API keys are revoked, and everything that it has is deleted. It can’t be restored.${isOnly ? ' You belong to no other organization, so you are signed out.' : ''}`}
        confirm="Delete organization"
        keep="Keep it"
        danger
        busy={remove.isPending}
        error={remove.error ? describeError(remove.error) : null}
        onConfirm={confirm}
      >
        <Field
          label={`Type ${organization.name} to confirm`}
          error={missing ? 'This is not the name of the organization' : null}
        >
          {(control) => (
            <Input {...control} value={typed} autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
          )}
        </Field>
      </ConfirmDialog>
    </Panel>
  );
}
