'use client';

import { useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { formatBytes, formatCount, formatDuration, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import type { MarkStatus } from '@/components/ui/status';
import { StatusBadge } from '@/components/ui/status-mark';
import { Table, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { TypeTitle } from '@/components/ui/type-title';
import { describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useDrainWorker } from '@/lib/client/mutations/system';
import { useViewer } from '@/lib/client/queries/system';
import type { ConsumerDto, NodeDto } from '@/lib/contracts/worker';

const STATE: Readonly<Record<NodeDto['state'], { mark: MarkStatus; word: string }>> = {
  running: { mark: 'active', word: 'running' },
  draining: { mark: 'paused', word: 'draining' },
  drained: { mark: 'paused', word: 'drained' },
  stopping: { mark: 'cancelled', word: 'stopping' },
};

/** One machine: its state, its own types with their versions, and its processes. */
export function Machine({ node }: { node: NodeDto }) {
  const { mark, word } = STATE[node.state];
  const own = Object.entries(node.ownTypes);
  return (
    <Panel
      title={node.host}
      flush
      actions={
        <>
          <StatusBadge status={mark} word={word} />
          <Drain node={node} />
        </>
      }
    >
      <p className="border-b px-3 py-2 text-muted text-xs [overflow-wrap:anywhere]">
        Version {node.version}, process {node.pid}, started <Time at={node.startedAt} />, last seen{' '}
        <Time at={node.lastSeenAt} />
        {node.drainRequestedAt ? (
          <>
            . {node.state === 'drained' ? 'It can be stopped.' : 'It takes no more work and ends what runs.'} Asked{' '}
            <Time at={node.drainRequestedAt} />
            {node.drainingAt ? '' : ', not acknowledged yet'}
          </>
        ) : null}
        .{' '}
        {own.length === 0 ? (
          'It has no own types.'
        ) : (
          <>
            Own types:{' '}
            {own.map(([type, version], i) => (
              <span key={type}>
                {i > 0 ? ', ' : ''}
                <span className="text-ink">{type}</span> <code className="font-mono">{version}</code>
              </span>
            ))}
            .
          </>
        )}
      </p>
      {node.consumers.length === 0 ? (
        <p className="px-3 py-2 text-muted text-sm">
          {node.drainRequestedAt ? 'No process runs jobs any more.' : 'Its processes are starting.'}
        </p>
      ) : (
        <Processes node={node} />
      )}
    </Panel>
  );
}

const COLUMNS = '[--columns:5rem_minmax(0,1fr)] @xl:[--columns:5rem_5.5rem_5.5rem_minmax(0,1fr)]';

function Processes({ node }: { node: NodeDto }) {
  return (
    <div className="@container">
      <Table aria-label={`Processes of ${node.host}`} className={COLUMNS}>
        <TableHeader>
          <TableHead>Process</TableHead>
          <TableHead right className="@max-xl:hidden">
            Memory
          </TableHead>
          <TableHead right className="@max-xl:hidden">
            Processor
          </TableHead>
          <TableHead>Running now</TableHead>
        </TableHeader>
        {node.consumers.map((consumer) => (
          <TableRow key={consumer.id} className="h-auto min-h-(--row) py-1">
            <TableCell className="font-mono text-xs">{consumer.pid ?? 'starting'}</TableCell>
            <TableCell right className="font-mono text-xs @max-xl:hidden">
              {consumer.memoryBytes === 0 ? '–' : formatBytes(consumer.memoryBytes)}
            </TableCell>
            <TableCell right className="font-mono text-xs @max-xl:hidden">
              {formatNumber(Math.round(consumer.cpuPercent))}%
            </TableCell>
            <TableCell>
              <Running consumer={consumer} />
            </TableCell>
          </TableRow>
        ))}
      </Table>
    </div>
  );
}

/** Jobs that are named of one process; the others are counted. */
const NAMED = 3;

function Running({ consumer: { active, activeCount } }: { consumer: ConsumerDto }) {
  const named = active.slice(0, NAMED);
  const others = activeCount - named.length;
  if (activeCount === 0) return <span className="text-muted">idle</span>;
  return (
    <ul className="flex flex-wrap gap-x-3">
      {named.map(({ jobId, type, sinceMs }) => (
        <li key={jobId}>
          <Link href={links.job(jobId)} className="text-accent hover:underline">
            <TypeTitle type={type} />
          </Link>{' '}
          <span className="text-muted text-xs">for {formatDuration(sinceMs)}</span>
        </li>
      ))}
      {others > 0 ? (
        <li className="text-muted">
          {named.length > 0 ? `and ${formatNumber(others)} more` : formatCount(others, 'job')}
        </li>
      ) : null}
    </ul>
  );
}

function Drain({ node }: { node: NodeDto }) {
  const { data: viewer } = useViewer();
  const drain = useDrainWorker();
  const [asking, setAsking] = useState(false);
  if (node.state === 'stopping') return null;
  const reason = roleReason(viewer, 'worker.drain', 'drain a machine');
  if (node.drainRequestedAt) {
    return (
      <Button
        size="sm"
        reason={reason}
        busy={drain.isPending}
        onClick={() => drain.mutate({ id: node.id, act: 'resume' })}
      >
        Resume
      </Button>
    );
  }
  return (
    <>
      <Button size="sm" reason={reason} onClick={() => setAsking(true)}>
        Drain
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Drain ${node.host}?`}
        consequence="It takes no more work and ends what runs, however long that takes. Other machines go on. It can be resumed here; a restart resumes it too."
        confirm="Drain"
        keep="Keep running"
        busy={drain.isPending}
        error={drain.error ? describeError(drain.error) : null}
        onConfirm={() => drain.mutate({ id: node.id, act: 'drain' }, { onSuccess: () => setAsking(false) })}
      />
    </>
  );
}
