'use client';

import { useRouter } from 'next/navigation';
import { NameForm } from '@/components/shared/name-form';
import { ROLE_WORD } from '@/components/shared/role-select';
import { FactList } from '@/components/ui/fact-list';
import { Panel } from '@/components/ui/panel';
import { useUpdateProfile } from '@/lib/client/mutations/account';
import { useViewer } from '@/lib/client/queries/system';
import type { ViewerDto } from '@/lib/contracts/system';

/** The signed-in user's name, address and role. */
export function Profile() {
  const { data: viewer } = useViewer();
  if (!viewer) return null;
  const facts: [name: string, value: string][] = [
    ['E-mail', viewer.email ?? 'None'],
    ['Organization', viewer.organization.name],
    ['Role', `${ROLE_WORD[viewer.role]}${viewer.systemAdmin ? ' · system administrator' : ''}`],
    ['Contents of jobs', viewer.seesPayloads ? 'Shown to you' : 'Hidden from you'],
  ];
  return (
    <Panel title="You">
      <div className="flex flex-col gap-5">
        <OwnName key={viewer.name} viewer={viewer} />
        <FactList facts={facts} />
      </div>
    </Panel>
  );
}

function OwnName({ viewer }: { viewer: ViewerDto }) {
  const router = useRouter();
  const update = useUpdateProfile();
  return (
    <NameForm
      label="Name"
      name={viewer.name}
      confirm="Save name"
      autoComplete="name"
      saving={update}
      // The frame around the page was rendered with the old name.
      onSave={(name) => update.mutate(name, { onSuccess: () => router.refresh() })}
    />
  );
}
