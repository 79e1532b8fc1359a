'use client';

import { BellRing, Plus } from 'lucide-react';
import { useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { ListPanel } from '@/components/shared/list-panel';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { onDemand } from '@/components/ui/on-demand';
import { EmptyState } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table';
import { useChannels, useRules } from '@/lib/client/queries/notifications';
import { useViewer } from '@/lib/client/queries/system';
import type { RuleDto } from '@/lib/contracts/notification-rule';
import { RuleRow } from './rule-row';

const RuleDialog = onDemand(
  () => import('./rule-dialog').then((module) => module.RuleDialog),
  ({ rule }) => rule !== null,
);

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_minmax(0,1fr)_9rem_8.5rem]';

/** Which events go to which channels. */
export function Rules() {
  const { data: viewer } = useViewer();
  const query = useRules({ enabled: viewer !== undefined });
  const { data: channels = [] } = useChannels({ enabled: viewer !== undefined });
  const [editing, setEditing] = useState<RuleDto | 'new' | null>(null);
  const refused = roleReason(viewer, 'notification-rule.create');
  const add =
    refused === null ? (
      <Button size="sm" reason={channels.length === 0 ? 'Add a channel first' : null} onClick={() => setEditing('new')}>
        <Plus /> Add rule
      </Button>
    ) : (
      <RoleNote reason={refused} />
    );
  return (
    <>
      <ListPanel
        title="Rules"
        actions={query.data?.length ? add : null}
        query={query}
        words={({ name, on }) => `${name} ${on.join(' ')}`}
        failure="The rules could not be read"
        columns={COLUMNS}
        head={
          <>
            <TableHead>Rule</TableHead>
            <TableHead>When</TableHead>
            <TableHead>Tells</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </>
        }
        row={(rule) => (
          <RuleRow
            key={rule.id}
            rule={rule}
            channels={channels}
            canChange={refused === null}
            onEdit={() => setEditing(rule)}
          />
        )}
        empty={
          <EmptyState icon={<BellRing />} title="No rules yet" actions={add}>
            A rule tells channels about events: batches that fail or get stuck, schedules that are missed, and others.
          </EmptyState>
        }
      />
      <RuleDialog rule={editing} channels={channels} onClose={() => setEditing(null)} />
    </>
  );
}
