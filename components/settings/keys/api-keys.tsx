'use client';

import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { ListPanel } from '@/components/shared/list-panel';
import { Button } from '@/components/ui/button';
import { onDemand } from '@/components/ui/on-demand';
import { Panel } from '@/components/ui/panel';
import { EmptyState } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table';
import { useApiKeys } from '@/lib/client/queries/limits';
import { useViewer } from '@/lib/client/queries/system';
import { roleHas } from '@/lib/contracts/permissions';
import { KeyRow } from './key-row';

const KeyDialog = onDemand(
  () => import('./key-dialog').then((module) => module.KeyDialog),
  ({ open }) => open,
);

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_minmax(0,1fr)_7rem_7rem_4.5rem]';

/** The keys of programs: what they may do, when they were used, and who made them. */
export function ApiKeys() {
  const { data: viewer } = useViewer();
  const canSee = viewer ? roleHas(viewer.role, 'api-key.see') : false;
  const query = useApiKeys({ enabled: canSee });
  const [creating, setCreating] = useState(false);
  if (viewer && !canSee) {
    return (
      <Panel title="API keys">
        <p className="text-muted text-sm">Only an administrator or an owner can see and make API keys.</p>
      </Panel>
    );
  }
  const create = (
    <Button size="sm" variant="primary" onClick={() => setCreating(true)}>
      <Plus /> Create key
    </Button>
  );
  return (
    <>
      <ListPanel
        title="API keys"
        actions={query.data?.length ? create : null}
        query={query}
        words={({ name, start, createdBy }) => `${name} ${start} ${createdBy?.name ?? ''}`}
        failure="The API keys could not be read"
        columns={COLUMNS}
        head={
          <>
            <TableHead>Key</TableHead>
            <TableHead>Rights</TableHead>
            <TableHead>Last used</TableHead>
            <TableHead>Expires</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </>
        }
        row={(key) => <KeyRow key={key.id} apiKey={key} />}
        empty={
          <EmptyState icon={<KeyRound />} title="No API keys yet" actions={create}>
            A program sends its key as <code className="font-mono">Authorization: Bearer …</code> with each request.
          </EmptyState>
        }
      />
      {viewer ? <KeyDialog viewer={viewer} open={creating} onOpenChange={setCreating} /> : null}
    </>
  );
}
