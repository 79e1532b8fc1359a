'use client';

import { cn } from '@/components/ui/cn';
import { RowSkeletons } from '@/components/ui/record-row';
import { TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { TruncateMiddle } from '@/components/ui/truncate-middle';
import { useViewer } from '@/lib/client/queries/system';
import type { AuditEntryDto } from '@/lib/contracts/audit';
import { pastTense } from '@/lib/contracts/audit-words';

export const AUDIT_COLUMNS =
  '[--columns:minmax(0,1fr)_5.5rem] sm:[--columns:minmax(0,0.8fr)_minmax(0,1.3fr)_5.5rem] @3xl:[--columns:minmax(0,0.7fr)_minmax(0,0.9fr)_minmax(0,1.2fr)_120px_5.5rem]';

export function AuditHeader() {
  return (
    <TableHeader className="max-sm:sr-only">
      <TableHead>Who</TableHead>
      <TableHead className="@max-3xl:hidden">Action</TableHead>
      <TableHead>Object</TableHead>
      <TableHead className="@max-3xl:hidden">Address</TableHead>
      <TableHead right>When</TableHead>
    </TableHeader>
  );
}

const ACTORS = { user: null, key: 'API key', schedule: 'Schedule', system: null, client: 'BullMQ client' } as const;

/** Returns the name of what was changed. Changes of the organization's own settings name it by its id only. */
function useTargetName({ kind, id, name }: AuditEntryDto['target']): string {
  const { data: viewer } = useViewer();
  if (name !== null) return name;
  return kind === 'organization' && viewer?.organization.id === id ? viewer.organization.name : id;
}

/** Whether people did it to themselves, such as a sign-in: their name twice says nothing. */
const isOwn = ({ actor, target }: AuditEntryDto): boolean =>
  target.kind === 'user' && (target.id === actor.id || target.name === actor.name);

/** `ana cancelled Nightly import` */
export function useSentence(entry: AuditEntryDto): string {
  const name = useTargetName(entry.target);
  return [entry.actor.name, pastTense(entry.action), ...(isOwn(entry) ? [] : [name])].join(' ');
}

/** An audit entry: one line on a desktop, two on a phone. The row opens its details. */
export function AuditRow({ entry, onOpen }: { entry: AuditEntryDto; onOpen: () => void }) {
  const { actor, action, target } = entry;
  const kind = ACTORS[actor.kind];
  const name = useTargetName(target);
  const sentence = useSentence(entry);
  return (
    <TableRow className="h-full max-sm:content-center max-sm:gap-y-0.5">
      <TableCell className="flex items-baseline gap-1.5 font-medium">
        <button
          type="button"
          onClick={onOpen}
          aria-label={sentence}
          title={actor.name}
          className="min-w-0 truncate text-left after:absolute after:inset-0"
        >
          {actor.name}
        </button>
        {kind ? <span className="shrink-0 font-normal text-muted text-xs">{kind}</span> : null}
      </TableCell>
      <TableCell className="@max-3xl:hidden" title={action}>
        {pastTense(action)}
      </TableCell>
      <TableCell className="max-sm:order-3 max-sm:text-muted max-sm:text-xs">
        <span className="flex min-w-0 gap-1.5">
          <span className="shrink-0 text-muted @3xl:hidden">{pastTense(action)}</span>
          <span className="shrink-0 text-muted max-sm:hidden">{target.kind.replaceAll('-', ' ')}</span>
          <TruncateMiddle text={name} least={12} className={cn(isOwn(entry) && 'max-sm:hidden')} />
        </span>
      </TableCell>
      <TableCell className="font-mono text-muted text-xs @max-3xl:hidden">{entry.address ?? 'none'}</TableCell>
      <TableCell right className="text-muted max-sm:text-xs">
        <Time at={entry.at} className="relative" />
      </TableCell>
    </TableRow>
  );
}

const SKELETON = [
  ['', 'w-24'],
  ['@max-3xl:hidden', 'w-28'],
  ['max-sm:order-3', 'w-3/5'],
  ['@max-3xl:hidden', 'w-20'],
  ['', 'ml-auto w-14'],
] as const;

/** Placeholders for rows that are loading, with the final sizes. */
export function AuditRowSkeletons({ count }: { count: number }) {
  return <RowSkeletons count={count} cells={SKELETON} />;
}
