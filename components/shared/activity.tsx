'use client';

import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { formatCount, formatNumber } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { Time } from '@/components/ui/time';
import type { ActiveKind } from '@/lib/client/keys';
import { useActivity } from '@/lib/client/queries/audit';
import type { AuditEntryDto } from '@/lib/contracts/audit';
import { pastTense } from '@/lib/contracts/audit-words';
import { isFields } from '@/lib/contracts/json';

interface ActivityProps {
  kind: ActiveKind;
  id: string;
  /** a text of the state that an action changes: another text reads the list again */
  moved: string;
}

/** Number of entries that are shown at first. */
const FEW = 3;

/** What people, keys and programs did to a batch or a job, newest first. Nothing is shown while there is nothing. */
export function ActivityPanel(props: ActivityProps) {
  const { entries, more } = useEntries(props);
  const [all, setAll] = useState(false);
  if (entries.length === 0) return null;
  const shown = all ? entries : entries.slice(0, FEW);
  return (
    <Panel title="Activity" flush className="overflow-hidden">
      <Entries kind={props.kind} entries={shown} className="max-h-72 overflow-y-auto px-3 py-1" />
      {entries.length > FEW && !all ? (
        <div className="border-t px-3 py-1.5">
          <Button variant="link" size="sm" onClick={() => setAll(true)}>
            {more ? `Show the latest ${formatNumber(entries.length)}` : `Show all ${formatNumber(entries.length)}`}
          </Button>
        </div>
      ) : null}
    </Panel>
  );
}

/** The same inside the details of a job. */
export function ActivityList(props: ActivityProps) {
  const { entries } = useEntries(props);
  if (entries.length === 0) return null;
  return (
    <section aria-label="Activity" className="border-t pt-3">
      <h3 className="mb-1 text-muted text-xs">Activity</h3>
      <Entries kind={props.kind} entries={entries} className="max-h-60 overflow-y-auto" />
    </section>
  );
}

/** The latest entry as one line, which opens the others. */
export function ActivityLine(props: ActivityProps) {
  const { entries } = useEntries(props);
  const [latest] = entries;
  if (!latest) return null;
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="sm" className="-ml-2 max-w-full self-start font-normal">
          <span className="truncate">
            <Sentence kind={props.kind} entry={latest} /> · <Time at={latest.at} className="text-muted" />
          </span>
          <ChevronDown aria-hidden="true" />
        </Button>
      </PopoverTrigger>
      <PopoverContent align="start" aria-label="Activity" className="w-96 p-3">
        <Entries kind={props.kind} entries={entries} className="max-h-80 overflow-y-auto" />
      </PopoverContent>
    </Popover>
  );
}

function useEntries({ kind, id, moved }: ActivityProps): { entries: AuditEntryDto[]; more: boolean } {
  const { data } = useActivity(kind, id, moved);
  return { entries: data?.entries ?? [], more: Boolean(data?.nextCursor) };
}

interface EntriesProps {
  kind: ActiveKind;
  entries: readonly AuditEntryDto[];
  className: string;
}

function Entries({ kind, entries, className }: EntriesProps) {
  return (
    <ol aria-label="Activity, newest first" tabIndex={entries.length > FEW ? 0 : undefined} className={className}>
      {entries.map((entry) => (
        <li key={entry.id} className="flex items-baseline gap-2 py-1 text-xs">
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            <Sentence kind={kind} entry={entry} />
          </span>
          <Time at={entry.at} className="shrink-0 text-muted" />
        </li>
      ))}
    </ol>
  );
}

/** `ana cancelled · force`; in the activity of a batch or a flow also `ana retried job row 7` */
function Sentence({ kind, entry }: { kind: ActiveKind; entry: AuditEntryDto }) {
  const detail = detailOf(entry);
  const { target } = entry;
  return (
    <>
      <span className="font-medium">{entry.actor.name}</span> {pastTense(entry.action)}
      {target.kind === kind ? null : ` ${target.kind} ${target.name ?? target.id.slice(0, 8)}`}
      {detail ? <span className="text-muted"> · {detail}</span> : null}
    </>
  );
}

/** A few words about an action, from what its entry holds. */
function detailOf({ target, after }: AuditEntryDto): string | null {
  if (!isFields(after)) return null;
  const unit = target.kind === 'flow' ? 'job' : 'item';
  const { mode, count, more, added, reason } = after;
  const words = [
    mode === 'force' ? 'by force' : null,
    typeof count === 'number' ? `${formatCount(count, unit)}${more ? ' and more' : ''}` : null,
    typeof added === 'number' ? formatCount(added, unit) : null,
    typeof reason === 'string' ? reason : null,
  ].filter((word) => word !== null);
  return words.length > 0 ? words.join(' · ') : null;
}
