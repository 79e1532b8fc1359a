'use client';

import { Download, ScrollText } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { RecordList } from '@/components/ui/record-list';
import { EmptyState } from '@/components/ui/states';
import { useHeldRows } from '@/components/ui/use-held-rows';
import type { AuditFilters } from '@/lib/client/keys';
import { links } from '@/lib/client/links';
import { useAuditEntries } from '@/lib/client/queries/audit';
import { useViewer } from '@/lib/client/queries/system';
import type { AuditEntryDto } from '@/lib/contracts/audit';
import { roleHas } from '@/lib/contracts/permissions';
import { AuditDetail } from './audit-detail';
import { AuditFilterBar } from './audit-filters';
import { AUDIT_COLUMNS, AuditHeader, AuditRow, AuditRowSkeletons } from './audit-row';
import { useAuditFilters } from './filters';

/** The page size of the small query that finds new entries. */
const HEAD = 20;
const HEAD_MS = 10_000;

const EMPTY = (
  <EmptyState icon={<ScrollText />} title="No entries yet">
    Launches, cancels, sign-ins, changes of members, keys and settings are listed here.
  </EmptyState>
);

/** Whether the viewer may see the log; undefined until the viewer is known. */
function useMaySee(): boolean | undefined {
  const { data: viewer } = useViewer();
  return viewer && roleHas(viewer.role, 'audit.see');
}

/** Who did what, newest first, with filters. */
export function AuditLog() {
  if (useMaySee() !== false) return <Entries />;
  return (
    <EmptyState icon={<ScrollText />} title="Administrators and owners see the audit log">
      What was done to a batch, a job or a flow is on its page, for everybody.
    </EmptyState>
  );
}

function Entries() {
  const { shown, filters, scope } = useAuditFilters();
  const [open, setOpen] = useState<AuditEntryDto | null>(null);
  const query = useAuditEntries(filters);
  const head = useAuditEntries(filters, { limit: HEAD, refetchInterval: HEAD_MS, enabled: query.isSuccess });
  const held = useHeldRows(
    query.data?.pages.flatMap((page) => page.entries) ?? [],
    query,
    scope,
    head.isPlaceholderData ? [] : (head.data?.pages[0]?.entries ?? []),
  );
  const showWaiting = () => {
    held.reopen();
    void query.refetch();
  };
  return (
    <>
      <AuditFilterBar shown={shown} />
      {/* As high as the window leaves below the filters, which take two lines on narrow screens. */}
      <div className="flex h-[calc(100dvh-18rem)] min-h-96 flex-col xl:h-[calc(100dvh-13rem)]">
        <RecordList
          what="entries"
          query={query}
          rows={held.rows}
          columns={AUDIT_COLUMNS}
          header={<AuditHeader />}
          skeletons={<AuditRowSkeletons count={12} />}
          empty={EMPTY}
          renderRow={(entry) => <AuditRow entry={entry} onOpen={() => setOpen(entry)} />}
          scope={scope}
          waiting={held.waiting}
          onShowWaiting={showWaiting}
        />
      </div>
      {open ? <AuditDetail entry={open} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

/** Downloads all entries that match the filters. */
export function AuditExport() {
  const { filters } = useAuditFilters();
  if (useMaySee() === false) return null;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button>
          <Download /> Export
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <Format filters={filters} format="csv" word="CSV" />
        <Format filters={filters} format="jsonl" word="JSON lines" />
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function Format({ filters, format, word }: { filters: AuditFilters; format: 'csv' | 'jsonl'; word: string }) {
  return (
    <DropdownMenuItem asChild>
      <a href={links.audit(filters, format)} download>
        {word}
      </a>
    </DropdownMenuItem>
  );
}
