'use client';

import { type FormEvent, useState } from 'react';
import { ROLE_HINT, ROLE_WORD } from '@/components/shared/role-select';
import { ValueShown } from '@/components/shared/value-shown';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { describeError } from '@/lib/client/api';
import { useCreateApiKey } from '@/lib/client/mutations/limits';
import { createApiKeyBody } from '@/lib/contracts/api-key';
import { type Permission, ROLES, type Role } from '@/lib/contracts/permissions';
import type { ViewerDto } from '@/lib/contracts/system';
import { ScopeList } from './scope-list';

const DAY_MS = 24 * 3600 * 1000;
const LIFETIMES = [
  { days: 30, words: '30 days' },
  { days: 90, words: '90 days' },
  { days: 365, words: 'a year' },
  { days: 0, words: 'until it is revoked' },
];

interface KeyDialogProps {
  viewer: ViewerDto;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Creates a key, and then shows its value once. */
export function KeyDialog({ viewer, open, onOpenChange }: KeyDialogProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open ? <KeyForm viewer={viewer} /> : null}
    </Dialog>
  );
}

function KeyForm({ viewer }: { viewer: ViewerDto }) {
  const create = useCreateApiKey();
  const [name, setName] = useState('');
  const [rights, setRights] = useState<Role | 'scopes'>('operator');
  const [scopes, setScopes] = useState<Permission[]>([]);
  const [sees, setSees] = useState(viewer.seesPayloads);
  const [days, setDays] = useState(90);
  const [wrong, setWrong] = useState<{ name?: string | undefined; scopes?: string | undefined }>({});
  const roles = ROLES.slice(0, ROLES.indexOf(viewer.role) + 1);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = createApiKeyBody.safeParse({
      name: name.trim(),
      ...(rights === 'scopes' ? { scopes } : { role: rights }),
      seesPayloads: sees,
      ...(days > 0 ? { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() } : {}),
    });
    const paths = parsed.success ? [] : parsed.error.issues.map((issue) => issue.path[0]);
    setWrong({
      name: paths.includes('name') ? 'Give it a name of up to 100 characters' : undefined,
      scopes: paths.includes('scopes') ? 'Choose at least one permission' : undefined,
    });
    if (parsed.success) create.mutate(parsed.data);
  };

  if (create.data)
    return (
      <ValueShown
        title={`The value of ${create.data.apiKey.name}`}
        label="Key"
        value={create.data.key}
        advice="Keep it where your programs keep their secrets."
      />
    );
  return (
    <FormDialog
      title="Create an API key"
      description="For a program. It can do no more than you can."
      confirm="Create key"
      busy={create.isPending}
      onSubmit={submit}
      autoComplete="off"
    >
      <Field label="Name" hint="Which program uses it, such as nightly import" error={wrong.name}>
        {(control) => <Input {...control} value={name} autoFocus onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field
        label="Rights"
        hint={rights === 'scopes' ? 'Only the permissions that you choose' : ROLE_HINT[rights]}
        error={wrong.scopes}
      >
        {(control) => (
          <Select {...control} value={rights} onChange={(event) => setRights(event.target.value as Role | 'scopes')}>
            {roles.map((role) => (
              <option key={role} value={role}>
                {ROLE_WORD[role]}
              </option>
            ))}
            <option value="scopes">Some permissions only</option>
          </Select>
        )}
      </Field>
      {rights === 'scopes' ? <ScopeList viewer={viewer} chosen={scopes} onChoose={setScopes} /> : null}
      {viewer.seesPayloads ? (
        <label className="flex w-fit cursor-pointer items-center gap-2 text-sm">
          <input
            type="checkbox"
            className="accent-accent"
            checked={sees}
            onChange={(event) => setSees(event.target.checked)}
          />
          It sees the contents of jobs: input, results and files
        </label>
      ) : (
        <p className="text-muted text-sm">It does not see the contents of jobs, as you don’t.</p>
      )}
      <Field label="Valid for">
        {(control) => (
          <Select {...control} value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {LIFETIMES.map((one) => (
              <option key={one.days} value={one.days}>
                {one.words}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {create.error ? <Notice tone="error">{describeError(create.error)}</Notice> : null}
    </FormDialog>
  );
}
