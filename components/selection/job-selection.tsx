'use client';

import { Ban, ChevronDown, PencilLine, RotateCcw, Square, Tag, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { ACTION_WORDS } from '@/components/bulk-action/action-words';
import { type Access, absentReason, permissionGate } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { formatNumber } from '@/components/ui/format';
import { onDemand } from '@/components/ui/on-demand';
import { usePhone } from '@/components/ui/use-phone';
import { useStale } from '@/lib/client/live/use-connection';
import { useViewer } from '@/lib/client/queries/system';
import type { BulkActionVerb } from '@/lib/contracts/bulk-action';
import type { JobSummaryDto } from '@/lib/contracts/job';
import type { OrganizationPermission } from '@/lib/contracts/permissions';
import { appliesTo, queryOfMatching } from './selection';
import { SelectionBar } from './selection-bar';
import { SelectionDownload } from './selection-download';
import type { ListSelection } from './use-selection';

const BulkActionDialog = onDemand(() =>
  import('@/components/bulk-action/bulk-action-dialog').then((module) => module.BulkActionDialog),
);

interface ActionFacts {
  permission: OrganizationPermission;
  icon: ReactNode;
}

/** The actions in the order of the bar. The first two are beside the count on a phone too. */
const ACTIONS: Readonly<Record<BulkActionVerb, ActionFacts>> = {
  retry: { permission: 'job.retry', icon: <RotateCcw /> },
  cancel: { permission: 'job.cancel', icon: <Square /> },
  edit: { permission: 'batch.edit', icon: <PencilLine /> },
  tag: { permission: 'job.tag', icon: <Tag /> },
  discard: { permission: 'job.discard', icon: <Ban /> },
  delete: { permission: 'job.clean-up', icon: <Trash2 /> },
};
const ORDER = Object.keys(ACTIONS) as BulkActionVerb[];
const ON_PHONE = 2;

interface JobSelectionProps {
  list: ListSelection<JobSummaryDto>;
  /** how many of the selected jobs have which status, if it is known without their rows */
  byStatus?: Readonly<Record<string, number>> | undefined;
  /** `jobs` or `items` */
  what: string;
}

/** The bar of selected jobs: only what the role allows, with how many each action applies to. */
export function JobSelection({ list, byStatus, what }: JobSelectionProps) {
  const { data: viewer } = useViewer();
  const offline = useStale();
  const phone = usePhone();
  const [action, setAction] = useState<BulkActionVerb | null>(null);
  const access: Access = { viewer, pending: false, offline };
  const { selection, known } = list;
  const counts = byStatus ?? (list.count === known.length ? countStatuses(known) : null);
  const gates = Object.fromEntries(
    ORDER.map((verb) => [verb, permissionGate(access, ACTIONS[verb].permission, reasonOf(verb, counts, known))]),
  );
  const offered = ORDER.filter((verb) => gates[verb]?.shown && !(verb === 'delete' && isInBatches(known)));
  const buttons = phone ? offered.slice(0, ON_PHONE) : offered;
  const folded = phone ? offered.slice(ON_PHONE) : [];
  return (
    <>
      <SelectionBar what={what}>
        {buttons.map((verb) => (
          <Button
            key={verb}
            size="sm"
            variant={ACTION_WORDS[verb].danger ? 'danger' : 'secondary'}
            reason={gates[verb]?.reason ?? null}
            title={counts && !gates[verb]?.reason ? appliesTo(counts, ACTION_WORDS[verb].statuses).others : undefined}
            onClick={() => setAction(verb)}
          >
            {ACTIONS[verb].icon} {labelOf(verb, counts)}
          </Button>
        ))}
        {folded.length > 0 ? (
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button size="sm">
                More <ChevronDown />
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent>
              {folded.map((verb) => (
                <DropdownMenuItem
                  key={verb}
                  danger={ACTION_WORDS[verb].danger}
                  disabled={Boolean(gates[verb]?.reason)}
                  {...(gates[verb]?.reason ? { hint: gates[verb].reason } : {})}
                  onSelect={() => setAction(verb)}
                >
                  {ACTIONS[verb].icon} {labelOf(verb, counts)}
                </DropdownMenuItem>
              ))}
            </DropdownMenuContent>
          </DropdownMenu>
        ) : null}
        <SelectionDownload list={list} />
        {offered.length === 0 ? <RoleNote reason={absentReason(gates)} /> : null}
      </SelectionBar>
      {action ? (
        <BulkActionDialog
          action={action}
          {...(selection.kind === 'some'
            ? { jobIds: [...selection.rows.keys()] }
            : { query: queryOfMatching(selection) })}
          types={[...new Set(known.map(({ type }) => type))]}
          open
          onClose={() => setAction(null)}
          onStarted={list.clear}
        />
      ) : null}
    </>
  );
}

function countStatuses(jobs: readonly JobSummaryDto[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of jobs) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Items of a batch are deleted with it, so the bar does not offer to delete them. */
const isInBatches = (jobs: readonly JobSummaryDto[]): boolean =>
  jobs.length > 0 && jobs.every(({ batchId }) => batchId !== null);

function reasonOf(
  verb: BulkActionVerb,
  counts: Record<string, number> | null,
  known: readonly unknown[],
): string | null {
  if (!counts || known.length === 0) return null;
  const { applies, others } = appliesTo(counts, ACTION_WORDS[verb].statuses);
  return applies === 0 ? `It applies to none: ${others}` : null;
}

/** `Retry 20`, `Retry 12 of 20`, `Retry`. */
function labelOf(verb: BulkActionVerb, counts: Record<string, number> | null): string {
  const word = ACTION_WORDS[verb].verb;
  if (!counts) return word;
  const { applies, of } = appliesTo(counts, ACTION_WORDS[verb].statuses);
  if (applies === 0) return word;
  return applies === of ? `${word} ${formatNumber(of)}` : `${word} ${formatNumber(applies)} of ${formatNumber(of)}`;
}
