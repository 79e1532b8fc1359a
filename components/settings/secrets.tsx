'use client';

import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { ListPanel } from '@/components/shared/list-panel';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { onDemand } from '@/components/ui/on-demand';
import { Panel } from '@/components/ui/panel';
import { EmptyState } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table';
import { useSecrets, useViewer } from '@/lib/client/queries/system';
import { SecretRow } from './secret-row';

const SecretDialog = onDemand(
  () => import('./secret-dialog').then((module) => module.SecretDialog),
  ({ open }) => open,
);

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_minmax(0,1fr)_110px_64px]';

/** Secret values that rows refer to by name. */
export function Secrets() {
  const { data: viewer } = useViewer();
  const query = useSecrets({ enabled: roleReason(viewer, 'secret.see') === null });
  const [adding, setAdding] = useState(false);
  const refused = roleReason(viewer, 'secret.create');
  const add =
    refused === null ? (
      <Button size="sm" onClick={() => setAdding(true)}>
        <Plus /> Add secret
      </Button>
    ) : (
      <RoleNote reason={refused} />
    );
  const unseen = roleReason(viewer, 'secret.see');
  if (unseen !== null) {
    return (
      <Panel title="Secrets">
        <EmptyState icon={<KeyRound />} title="Secrets are not shown to you" className="py-6">
          {unseen}.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <>
      <ListPanel
        title="Secrets"
        actions={query.data?.length ? add : null}
        query={query}
        failure="The secrets could not be read"
        columns={COLUMNS}
        words={({ name, hosts }) => `${name} ${hosts.join(' ')}`}
        head={
          <>
            <TableHead>Name in rows</TableHead>
            <TableHead>Sent to</TableHead>
            <TableHead>Created</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </>
        }
        row={(secret) => (
          <SecretRow key={secret.id} secret={secret} canDelete={roleReason(viewer, 'secret.delete') === null} />
        )}
        empty={
          <EmptyState icon={<KeyRound />} title="No secrets yet" actions={add}>
            Keep a token here, and name it in the rows of HTTP calls as {'{{secret:NAME}}'}. It is never shown again.
          </EmptyState>
        }
      />
      <SecretDialog open={adding} onOpenChange={setAdding} />
    </>
  );
}
