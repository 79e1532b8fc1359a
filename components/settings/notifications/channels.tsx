'use client';

import { Bell, KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { ListPanel } from '@/components/shared/list-panel';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { onDemand } from '@/components/ui/on-demand';
import { EmptyState } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table';
import { useChannels } from '@/lib/client/queries/notifications';
import { useViewer } from '@/lib/client/queries/system';
import type { ChannelDto } from '@/lib/contracts/channel';
import { ChannelRow } from './channel-row';

const SigningSecretDialog = onDemand(
  () => import('./signing-secret-dialog').then((module) => module.SigningSecretDialog),
  ({ open }) => open,
);
const ChannelDialog = onDemand(
  () => import('./channel-dialog').then((module) => module.ChannelDialog),
  ({ channel }) => channel !== null,
);

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_minmax(0,1fr)_9rem_8.5rem]';

/** Where messages go, each with a test. */
export function Channels() {
  const { data: viewer } = useViewer();
  const query = useChannels({ enabled: viewer !== undefined });
  const [editing, setEditing] = useState<ChannelDto | 'new' | null>(null);
  const [signing, setSigning] = useState(false);
  const refused = roleReason(viewer, 'channel.create');
  const add =
    refused === null ? (
      <Button size="sm" variant="primary" onClick={() => setEditing('new')}>
        <Plus /> Add channel
      </Button>
    ) : (
      <RoleNote reason={refused} />
    );
  return (
    <>
      <ListPanel
        title="Channels"
        actions={
          <>
            {refused === null ? (
              <Button size="sm" variant="ghost" onClick={() => setSigning(true)}>
                <KeyRound /> Signing secret
              </Button>
            ) : null}
            {query.data?.length ? add : null}
          </>
        }
        query={query}
        words={({ name, kind }) => `${name} ${kind}`}
        failure="The channels could not be read"
        columns={COLUMNS}
        head={
          <>
            <TableHead>Channel</TableHead>
            <TableHead>Sends to</TableHead>
            <TableHead>State</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </>
        }
        row={(channel) => (
          <ChannelRow
            key={channel.id}
            channel={channel}
            canChange={refused === null}
            onEdit={() => setEditing(channel)}
          />
        )}
        empty={
          <EmptyState icon={<Bell />} title="No channels yet" actions={add}>
            A mailbox, a chat or a webhook that rules and launches send messages to.
          </EmptyState>
        }
      />
      <ChannelDialog channel={editing} onClose={() => setEditing(null)} />
      <SigningSecretDialog open={signing} onClose={() => setSigning(false)} />
    </>
  );
}
