'use client';

import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { Table, TableHead, TableHeader } from '@/components/ui/table';
import { describeError } from '@/lib/client/api';
import { useSecrets, useViewer } from '@/lib/client/queries/system';
import { SecretDialog } from './secret-dialog';
import { SecretRow } from './secret-row';

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
  const body = () => {
    if (unseen !== null)
      return (
        <EmptyState icon={<KeyRound />} title="Secrets are not shown to you">
          {unseen}.
        </EmptyState>
      );
    if (query.isPending) {
      return Array.from({ length: 3 }, (_, i) => (
        <div key={i} className="flex h-(--row) items-center gap-6 border-b px-3 last:border-b-0">
          <Skeleton className="w-40" />
          <Skeleton className="w-56" />
        </div>
      ));
    }
    if (query.isError && !query.data) {
      return (
        <ErrorState
          title="The secrets could not be read"
          detail={describeError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      );
    }
    if (query.data.length === 0) {
      return (
        <EmptyState icon={<KeyRound />} title="No secrets yet" actions={add}>
          Keep a token here, and name it in the rows of HTTP calls as {'{{secret:NAME}}'}. It is never shown again.
        </EmptyState>
      );
    }
    return (
      <Table aria-label="Secrets" className={COLUMNS}>
        <TableHeader>
          <TableHead>Name in rows</TableHead>
          <TableHead className="max-sm:hidden">Sent to</TableHead>
          <TableHead className="max-sm:hidden">Created</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableHeader>
        {query.data.map((secret) => (
          <SecretRow key={secret.id} secret={secret} canDelete={roleReason(viewer, 'secret.delete') === null} />
        ))}
      </Table>
    );
  };
  return (
    <Panel title="Secrets" flush actions={query.data?.length ? add : undefined} aria-busy={query.isPending}>
      {body()}
      <SecretDialog open={adding} onOpenChange={setAdding} />
    </Panel>
  );
}
