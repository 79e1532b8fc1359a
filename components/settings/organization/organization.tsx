'use client';

import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ListPanel } from '@/components/shared/list-panel';
import { NameForm } from '@/components/shared/name-form';
import { ROLE_WORD } from '@/components/shared/role-select';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { TableCell, TableHead, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useRenameOrganization, useSwitchOrganization } from '@/lib/client/mutations/people';
import { useOrganizations } from '@/lib/client/queries/people';
import { useViewer } from '@/lib/client/queries/system';
import type { OrganizationDto } from '@/lib/contracts/organization';
import { roleHas } from '@/lib/contracts/permissions';
import { CreateOrganizationDialog } from './create-organization-dialog';
import { DeleteOrganization } from './delete-organization';
import { SecondFactorRule } from './second-factor-rule';

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_9rem_6rem_6rem]';

/** The organization in use, and the others of the person. */
export function Organization() {
  const { data: viewer } = useViewer();
  const query = useOrganizations();
  const [creating, setCreating] = useState(false);
  if (!viewer) return null;
  const { organization, role, systemAdmin } = viewer;
  const isOwner = roleHas(role, 'organization.update');
  const current = query.data?.find(({ id }) => id === organization.id);
  return (
    <>
      <Panel title="Name">
        {isOwner ? (
          <OrganizationName key={organization.name} organization={organization} />
        ) : (
          <p className="text-sm">
            {organization.name} <span className="text-muted">· only an owner can rename or delete it</span>
          </p>
        )}
      </Panel>
      {isOwner && current ? <SecondFactorRule organization={current} /> : null}
      <ListPanel
        title="Your organizations"
        query={query}
        failure="Your organizations could not be read"
        actions={
          systemAdmin ? (
            <Button size="sm" onClick={() => setCreating(true)}>
              <Plus /> New organization
            </Button>
          ) : null
        }
        columns={COLUMNS}
        head={
          <>
            <TableHead>Name</TableHead>
            <TableHead>Your role</TableHead>
            <TableHead>Created</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </>
        }
        row={(one) => <OrganizationRow key={one.id} organization={one} />}
        empty={null}
      />
      {isOwner ? <DeleteOrganization organization={organization} isOnly={query.data?.length === 1} /> : null}
      <CreateOrganizationDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}

function OrganizationRow({ organization }: { organization: OrganizationDto }) {
  const change = useSwitchOrganization();
  const notify = useToast();
  const { id, name, role, current, createdAt } = organization;
  const enter = () =>
    change.mutate(id, {
      onError: (error) =>
        notify({ tone: 'error', title: 'The organization was not switched', detail: describeError(error) }),
    });
  return (
    <TableRow className="h-auto min-h-(--row) py-0.5 last:border-b-0 max-sm:min-h-12">
      <TableCell className="font-medium" title={name}>
        {name}
        <span className="block truncate font-normal text-muted text-xs sm:hidden">{ROLE_WORD[role]}</span>
      </TableCell>
      <TableCell className="text-muted max-sm:hidden">{ROLE_WORD[role]}</TableCell>
      <TableCell className="text-muted max-sm:hidden">
        <Time at={createdAt} />
      </TableCell>
      <TableCell right className="overflow-visible">
        {current ? (
          <Badge tone="accent">In use</Badge>
        ) : (
          <Button size="sm" aria-label={`Switch to ${name}`} busy={change.isPending} onClick={enter}>
            Switch
          </Button>
        )}
      </TableCell>
    </TableRow>
  );
}

function OrganizationName({ organization }: { organization: { id: string; name: string } }) {
  const rename = useRenameOrganization();
  return (
    <NameForm
      label="Name of the organization"
      name={organization.name}
      confirm="Rename"
      saving={rename}
      onSave={(name) => rename.mutate({ id: organization.id, name })}
    />
  );
}
