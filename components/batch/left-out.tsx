'use client';

import { ChevronDown, Download, Upload } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { RoleNote } from '@/components/shared/role-note';
import { Button } from '@/components/ui/button';
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from '@/components/ui/dropdown-menu';
import { formatCount } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { describeError } from '@/lib/client/api';
import { useCreateImport } from '@/lib/client/mutations/imports';
import { uploadFile } from '@/lib/client/mutations/launch';
import { useViewer } from '@/lib/client/queries/system';
import type { BatchTableDto } from '@/lib/contracts/import';
import { LeftOutItems } from './errors-items';

/** Rows that were excluded from the batch: download, correct, and import them as a new batch. */
export function LeftOut({ table }: { table: BatchTableDto }) {
  const picker = useRef<HTMLInputElement>(null);
  const { bring, busy, error } = useBringLeftOut(table);
  const { data: viewer } = useViewer();
  const refused = roleReason(viewer, 'import.launch');
  return (
    <Notice
      title={`${formatCount(table.skipped, 'row')} of ${table.name} ${table.skipped === 1 ? 'was' : 'were'} skipped`}
      actions={
        <>
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button size="sm">
                <Download /> Skipped rows <ChevronDown />
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent align="start">
              <LeftOutItems table={table} />
            </DropdownMenuContent>
          </DropdownMenu>
          {refused === null ? (
            <Button size="sm" busy={busy} onClick={() => picker.current?.click()}>
              <Upload /> Upload corrected rows
            </Button>
          ) : (
            <RoleNote reason={refused} />
          )}
          <input
            ref={picker}
            type="file"
            accept=".csv,.tsv,.xlsx"
            aria-label="Corrected skipped rows"
            className="sr-only"
            tabIndex={-1}
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = '';
              if (file) void bring(file);
            }}
          />
        </>
      }
    >
      Rows that failed validation were skipped. Upload corrected rows to create a new batch with the same mapping.
      {error ? (
        <span role="alert" className="block text-status-failed">
          {error}
        </span>
      ) : null}
    </Notice>
  );
}

/** Uploads corrected rows as a new import with the mapping of the original import, and opens it. */
function useBringLeftOut({ importId, type }: BatchTableDto) {
  const router = useRouter();
  const create = useCreateImport();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const bring = async (file: File): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const { fileId } = await uploadFile(file);
      const made = await create.mutateAsync({ type, fileIds: [fileId], like: importId });
      router.push(`/batches/new?import=${made.import.id}`);
    } catch (cause) {
      setError(describeError(cause));
      setBusy(false);
    }
  };
  return { bring, busy, error };
}
