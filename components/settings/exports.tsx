'use client';

import { Download } from 'lucide-react';
import { ListPanel } from '@/components/shared/list-panel';
import { Button } from '@/components/ui/button';
import { formatBytes } from '@/components/ui/format';
import { TableCell, TableHead, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { links } from '@/lib/client/links';
import { useStartExport } from '@/lib/client/mutations/account';
import { useExports } from '@/lib/client/queries/people';
import { useViewer } from '@/lib/client/queries/system';
import type { ExportDto } from '@/lib/contracts/privacy';
import { isTerminal } from '@/lib/contracts/status';

const COLUMNS = '[--columns:minmax(0,1fr)_auto] sm:[--columns:minmax(0,1fr)_9rem_auto]';
const OF = { me: 'Your data', organization: 'The organization' } as const;

/** Starts exports, and offers the files of those that are written. */
export function Exports() {
  const query = useExports();
  const start = useStartExport();
  const notify = useToast();
  const { data: viewer } = useViewer();
  const begin = (of: ExportDto['of']) =>
    start.mutate(
      { of },
      {
        onError: (error) =>
          notify({ tone: 'error', title: 'The export was not started', detail: describeError(error) }),
      },
    );
  const isOwner = viewer?.role === 'owner' && viewer.seesPayloads;
  return (
    <ListPanel
      title="Exports"
      query={query}
      failure="Your exports could not be read"
      actions={
        <>
          <Button size="sm" busy={start.isPending && start.variables.of === 'me'} onClick={() => begin('me')}>
            Export my data
          </Button>
          {isOwner ? (
            <Button
              size="sm"
              busy={start.isPending && start.variables.of === 'organization'}
              onClick={() => begin('organization')}
            >
              Export the organization
            </Button>
          ) : null}
        </>
      }
      columns={COLUMNS}
      head={
        <>
          <TableHead>Of</TableHead>
          <TableHead>Requested</TableHead>
          <TableHead>
            <span className="sr-only">File</span>
          </TableHead>
        </>
      }
      row={(one) => <ExportRow key={one.id} one={one} />}
      empty={
        <p className="px-3 py-4 text-muted text-sm">
          An export of your data has your profile, memberships, sessions, API keys and what the audit log records of
          you.
          {isOwner
            ? ' That of the organization has its people, batches, jobs, flows, the list of its files, and its audit log.'
            : ' An owner can export the data of the organization.'}
        </p>
      }
    />
  );
}

function ExportRow({ one }: { one: ExportDto }) {
  const { of, createdAt, file } = one;
  return (
    <TableRow className="last:border-b-0 max-sm:h-12">
      <TableCell>
        {OF[of]}
        <span className="block text-muted text-xs sm:hidden">
          <Time at={createdAt} />
        </span>
      </TableCell>
      <TableCell className="text-muted max-sm:hidden">
        <Time at={createdAt} />
      </TableCell>
      <TableCell right>
        {file ? (
          <a
            href={links.file(file.fileId)}
            download
            className="inline-flex items-center gap-1 text-accent hover:underline"
            aria-label={`Download ${OF[of]}, ${formatBytes(file.size)}`}
          >
            <Download className="size-4" aria-hidden />
            {formatBytes(file.size)}
          </a>
        ) : (
          <span className="text-muted">{stateOf(one)}</span>
        )}
      </TableCell>
    </TableRow>
  );
}

function stateOf({ status }: ExportDto): string {
  if (!isTerminal(status)) return 'Being written';
  return status === 'completed' ? 'Deleted' : 'Failed';
}
