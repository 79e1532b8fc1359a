'use client';

import { RotateCcw, Square, Tag, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { ACTION_WORDS, countOf } from '@/components/bulk-action/action-words';
import { absentReason, permissionGate } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { formatNumber } from '@/components/ui/format';
import { onDemand } from '@/components/ui/on-demand';
import { useStale } from '@/lib/client/live/use-connection';
import { useViewer } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';
import { MAX_GROUP_IDS } from '@/lib/contracts/bounds';
import type { FlowSummaryDto } from '@/lib/contracts/flow';
import type { OrganizationPermission } from '@/lib/contracts/permissions';
import { SelectionBar } from './selection-bar';
import type { ListSelection, Row } from './use-selection';

const BulkActionDialog = onDemand(() =>
  import('@/components/bulk-action/bulk-action-dialog').then((module) => module.BulkActionDialog),
);

type Action = 'retry' | 'cancel' | 'tag' | 'delete';

/** Flows have no tags. */
const ACTIONS: Record<'batches' | 'flows', readonly Action[]> = {
  batches: ['retry', 'cancel', 'tag', 'delete'],
  flows: ['retry', 'cancel', 'delete'],
};
const ICONS: Record<Action, ReactNode> = {
  retry: <RotateCcw />,
  cancel: <Square />,
  tag: <Tag />,
  delete: <Trash2 />,
};

/** What a bar needs to know of a batch or a flow. */
interface Facts {
  /** its jobs that a retry runs again, and those that a cancel stops */
  retry: number;
  cancel: number;
  hasEnded: boolean;
}

const ofBatch = ({ failed, cancelled, active, pending, finishedAt }: BatchDto): Facts => ({
  retry: failed + cancelled,
  cancel: active + pending,
  hasEnded: finishedAt !== null,
});

const ofFlow = ({ counts, finishedAt }: FlowSummaryDto): Facts => ({
  retry: counts.failed + counts.cancelled,
  cancel: counts.pending + counts.delayed + counts['waiting-children'] + counts.active,
  hasEnded: finishedAt !== null,
});

/** The bar of selected batches. What it does to their jobs is a bulk action over all of them. */
export const BatchSelection = ({ list }: { list: ListSelection<BatchDto> }) => (
  <RecordSelection of="batches" list={list} facts={list.known.map(ofBatch)} />
);

/** The bar of selected flows. */
export const FlowSelection = ({ list }: { list: ListSelection<FlowSummaryDto> }) => (
  <RecordSelection of="flows" list={list} facts={list.known.map(ofFlow)} />
);

interface RecordSelectionProps {
  of: 'batches' | 'flows';
  list: ListSelection<Row>;
  facts: readonly Facts[];
}

function RecordSelection({ of, list, facts }: RecordSelectionProps) {
  const { data: viewer } = useViewer();
  const offline = useStale();
  const [action, setAction] = useState<Action | null>(null);
  const sum = (what: 'retry' | 'cancel'): number => facts.reduce((total, each) => total + each[what], 0);
  const ended = facts.filter(({ hasEnded }) => hasEnded).length;
  const applies: Record<Action, number> = {
    retry: sum('retry'),
    cancel: sum('cancel'),
    tag: facts.length,
    delete: ended,
  };
  const none: Record<Action, string> = {
    retry: 'None of their jobs is failed or cancelled',
    cancel: 'None of their jobs is open',
    tag: 'Nothing is selected',
    delete: `None of the ${of} has ended`,
  };
  const tooMany = facts.length > MAX_GROUP_IDS ? `At most ${formatNumber(MAX_GROUP_IDS)} ${of} at once` : null;
  const access = { viewer, pending: false, offline };
  const permissions: Record<Action, OrganizationPermission> = {
    retry: 'job.retry',
    cancel: 'job.cancel',
    tag: 'batch.change',
    delete: of === 'batches' ? 'batch.delete' : 'flow.delete',
  };
  const gateOf = (verb: Action) =>
    permissionGate(access, permissions[verb], tooMany ?? (applies[verb] === 0 ? none[verb] : null));
  const gates = { retry: gateOf('retry'), cancel: gateOf('cancel'), tag: gateOf('tag'), delete: gateOf('delete') };
  const ids = list.known.map(({ id }) => id);
  return (
    <>
      <SelectionBar what={of}>
        {ACTIONS[of]
          .filter((verb) => gates[verb].shown)
          .map((verb) => (
            <Button
              key={verb}
              size="sm"
              variant={ACTION_WORDS[verb].danger ? 'danger' : 'secondary'}
              reason={gates[verb].reason}
              onClick={() => setAction(verb)}
            >
              {ICONS[verb]} {ACTION_WORDS[verb].verb}
              {applies[verb] > 0 ? ` ${countOf(verb === 'delete' || verb === 'tag' ? of : 'jobs', applies[verb])}` : ''}
            </Button>
          ))}
        {facts.length === MAX_GROUP_IDS ? (
          <p className="text-muted text-xs">{formatNumber(MAX_GROUP_IDS)} are the most at once.</p>
        ) : null}
        <RoleNote reason={absentReason({ retry: gates.retry, cancel: gates.cancel })} />
      </SelectionBar>
      {action ? (
        <BulkActionDialog
          action={action}
          {...(of === 'batches' ? { batchIds: ids } : { flowIds: ids })}
          open
          onClose={() => setAction(null)}
          onStarted={list.clear}
        />
      ) : null}
    </>
  );
}
