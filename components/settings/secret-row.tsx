'use client';

import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { CopyButton } from '@/components/ui/copy-button';
import { TableCell, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { useDeleteSecret } from '@/lib/client/mutations/system';
import type { SecretDto } from '@/lib/contracts/secret';
import { showOrigin } from '@/lib/contracts/secret-origin';

interface SecretRowProps {
  secret: SecretDto;
  canDelete: boolean;
}

/** A secret: how rows refer to it, and the allowed hosts. */
export function SecretRow({ secret, canDelete }: SecretRowProps) {
  const [asking, setAsking] = useState(false);
  const remove = useDeleteSecret();
  const reference = `{{secret:${secret.name}}}`;
  const hosts = secret.hosts.map((host) => (host === '*' ? 'anywhere' : showOrigin(host))).join(', ');
  return (
    <TableRow className="last:border-b-0 max-sm:h-12">
      <TableCell className="flex items-center gap-1 overflow-visible">
        <span className="min-w-0">
          <code className="block truncate font-mono text-xs" title={reference}>
            {reference}
          </code>
          <span className="block truncate text-muted text-xs sm:hidden" title={hosts}>
            {hosts} · <Time at={secret.createdAt} />
          </span>
        </span>
        <CopyButton value={reference} variant="ghost" size="icon-sm" label={`Copy ${reference}`} />
      </TableCell>
      <TableCell className="text-muted max-sm:hidden" title={hosts}>
        {hosts}
      </TableCell>
      <TableCell className="text-muted max-sm:hidden" title={secret.createdBy ? `by ${secret.createdBy}` : undefined}>
        <Time at={secret.createdAt} />
      </TableCell>
      <TableCell right>
        {canDelete ? (
          <Button variant="ghost" size="icon-sm" aria-label={`Delete ${secret.name}`} onClick={() => setAsking(true)}>
            <Trash2 />
          </Button>
        ) : null}
      </TableCell>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${secret.name}?`}
        consequence="Jobs that name it will fail as unknown-secret. It can’t be restored."
        confirm="Delete secret"
        keep="Keep it"
        danger
        busy={remove.isPending}
        error={remove.error ? describeError(remove.error) : null}
        onConfirm={() => remove.mutate(secret.id, { onSuccess: () => setAsking(false) })}
      />
    </TableRow>
  );
}
