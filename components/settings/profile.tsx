'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { describeError } from '@/lib/client/api';
import { useUpdateProfile } from '@/lib/client/mutations/account';
import { useViewer } from '@/lib/client/queries/system';
import { ROLE_IN_WORDS } from '@/lib/contracts/permissions';
import type { ViewerDto } from '@/lib/contracts/system';

/** The signed-in user's name, address and role. */
export function Profile() {
  const { data: viewer } = useViewer();
  if (!viewer) return null;
  const facts = [
    ['E-mail', viewer.email ?? 'none'],
    ['Organization', viewer.organization.name],
    ['Role', `${ROLE_IN_WORDS[viewer.role]}${viewer.systemAdmin ? ', and a system administrator' : ''}`],
    ['Contents of jobs', viewer.seesPayloads ? 'shown' : 'hidden'],
  ];
  return (
    <Panel title="You">
      <div className="flex flex-col gap-5">
        <NameForm key={viewer.name} viewer={viewer} />
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
          {facts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Panel>
  );
}

function NameForm({ viewer }: { viewer: ViewerDto }) {
  const router = useRouter();
  const update = useUpdateProfile();
  const [name, setName] = useState(viewer.name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The frame around the page was rendered with the old name.
    update.mutate(name.trim(), { onSuccess: () => router.refresh() });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <div className="flex items-end gap-2">
        <Field label="Name" className="max-w-96 flex-1">
          {(control) => (
            <Input
              {...control}
              value={name}
              maxLength={100}
              required
              autoComplete="name"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          busy={update.isPending}
          reason={name.trim() === viewer.name ? 'The name is unchanged' : null}
        >
          Save name
        </Button>
      </div>
      {update.error ? <Notice tone="error">{describeError(update.error)}</Notice> : null}
    </form>
  );
}
