'use client';

import { RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ROLE_WORD } from '@/components/shared/role-select';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { formatCount } from '@/components/ui/format';
import { onDemand } from '@/components/ui/on-demand';
import { TableCell, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import { useRevokeApiKey } from '@/lib/client/mutations/limits';
import type { ApiKeyDto } from '@/lib/contracts/api-key';
import { permissionInWords } from '@/lib/contracts/permissions';

const RotateDialog = onDemand(
  () => import('./rotate-dialog').then((module) => module.RotateDialog),
  ({ open }) => open,
);

const hasExpired = ({ expiresAt }: ApiKeyDto): boolean => expiresAt !== null && Date.parse(expiresAt) < Date.now();

/** What a key may do: its role, or its scopes, which open in words. */
function Rights({ apiKey }: { apiKey: ApiKeyDto }) {
  const { role, scopes, seesPayloads, systemAdmin } = apiKey;
  const words = scopes?.map((scope) => permissionInWords(scope as Parameters<typeof permissionInWords>[0])).join(', ');
  return (
    <>
      {words ? (
        <details>
          <summary className="w-fit cursor-pointer">{formatCount(scopes?.length ?? 0, 'permission')}</summary>
          <span className="block whitespace-normal text-xs">{words}</span>
        </details>
      ) : (
        <span className="block truncate">{ROLE_WORD[role]}</span>
      )}
      <span className="block truncate text-muted text-xs">
        {[seesPayloads ? 'sees contents' : 'no contents', ...(systemAdmin ? ['all organizations'] : [])].join(' · ')}
      </span>
    </>
  );
}

/** A key, its rights and its use; buttons to rotate and to revoke it. */
export function KeyRow({ apiKey }: { apiKey: ApiKeyDto }) {
  const [open, setOpen] = useState<'rotate' | 'revoke' | null>(null);
  const revoke = useRevokeApiKey();
  const { id, name, start, createdBy, createdAt, lastUsedAt, expiresAt, previousUntil } = apiKey;
  return (
    <TableRow className="h-auto min-h-(--row) py-1.5 last:border-b-0">
      <TableCell>
        <span className="flex min-w-0 items-center gap-2">
          <span className="truncate font-medium" title={name}>
            {name}
          </span>
          {hasExpired(apiKey) ? <Badge>Expired</Badge> : null}
        </span>
        <span
          className="block truncate text-muted text-xs"
          title={createdBy?.name ? `made by ${createdBy.name}` : undefined}
        >
          <code className="font-mono">{start}…</code> · <Time at={createdAt} prefix="made" />
          {createdBy?.name ? ` by ${createdBy.name}` : ''}
        </span>
        <span className="block truncate text-muted text-xs sm:hidden">
          {lastUsedAt ? <Time at={lastUsedAt} prefix="used" /> : 'never used'} ·{' '}
          {expiresAt ? <Time at={expiresAt} prefix={hasExpired(apiKey) ? 'expired' : 'expires'} /> : 'never expires'}
        </span>
        {previousUntil ? (
          <span className="block truncate text-muted text-xs">
            The old value expires <Time at={previousUntil} />
          </span>
        ) : null}
      </TableCell>
      <TableCell className="max-sm:order-3">
        <Rights apiKey={apiKey} />
      </TableCell>
      <TableCell className="text-muted max-sm:hidden">{lastUsedAt ? <Time at={lastUsedAt} /> : 'never'}</TableCell>
      <TableCell className="text-muted max-sm:hidden">{expiresAt ? <Time at={expiresAt} /> : 'never'}</TableCell>
      <TableCell right className="flex justify-end overflow-visible max-sm:order-2 pointer-coarse:gap-3">
        <Button variant="ghost" size="icon-sm" aria-label={`Rotate ${name}`} onClick={() => setOpen('rotate')}>
          <RotateCw />
        </Button>
        <Button variant="ghost" size="icon-sm" aria-label={`Revoke ${name}`} onClick={() => setOpen('revoke')}>
          <Trash2 />
        </Button>
      </TableCell>
      <RotateDialog apiKey={apiKey} open={open === 'rotate'} onOpenChange={(on) => setOpen(on ? 'rotate' : null)} />
      <ConfirmDialog
        open={open === 'revoke'}
        onOpenChange={(on) => setOpen(on ? 'revoke' : null)}
        title={`Revoke ${name}?`}
        consequence="Programs that use it are refused within seconds, and their event streams end. It can’t be restored."
        confirm="Revoke key"
        keep="Keep it"
        danger
        busy={revoke.isPending}
        error={revoke.error ? describeError(revoke.error) : null}
        onConfirm={() => revoke.mutate(id, { onSuccess: () => setOpen(null) })}
      />
    </TableRow>
  );
}
