'use client';

import type { FormEvent } from 'react';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { describeError } from '@/lib/client/api';
import { useCreateOrganization } from '@/lib/client/mutations/people';

interface CreateOrganizationDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function CreateOrganizationDialog({ open, onOpenChange }: CreateOrganizationDialogProps) {
  const create = useCreateOrganization();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    create.mutate(name, { onSuccess: () => onOpenChange(false) });
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <FormDialog
        size="sm"
        title="New organization"
        description="It has its own jobs, members, keys and secrets. You become its owner."
        confirm="Create organization"
        busy={create.isPending}
        onSubmit={submit}
      >
        <Field label="Name" error={create.error ? describeError(create.error) : null}>
          {(control) => <Input {...control} name="name" maxLength={100} required autoFocus />}
        </Field>
      </FormDialog>
    </Dialog>
  );
}
