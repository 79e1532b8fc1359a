'use client';

import type { ReactNode } from 'react';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog, DialogContent } from '@/components/ui/dialog';
import { formatExact } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { links } from '@/lib/client/links';
import type { AuditEntryDto } from '@/lib/contracts/audit';
import { useSentence } from './audit-row';
import { changesOf } from './changes';

/** All that is known about one entry, with what changed. */
export function AuditDetail({ entry, onClose }: { entry: AuditEntryDto; onClose: () => void }) {
  const { actor, target } = entry;
  const sentence = useSentence(entry);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent size="lg" title={sentence} description={formatExact(entry.at)}>
        <div className="flex flex-col gap-4">
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1.5 text-sm">
            <Fact name="Action">{entry.action}</Fact>
            <Fact name="Who" copy={actor.id}>
              {actor.kind} {actor.id ?? actor.name}
            </Fact>
            <Fact name="Object" copy={target.id} href={hrefOf(target)}>
              {target.kind} {target.id}
            </Fact>
            <Fact name="Address">{entry.address ?? 'none'}</Fact>
            <Fact name="Request" copy={entry.requestId}>
              {entry.requestId ?? 'none'}
            </Fact>
          </dl>
          <Changes entry={entry} />
        </div>
      </DialogContent>
    </Dialog>
  );
}

interface FactProps {
  name: string;
  copy?: string | null;
  href?: string | null;
  children: ReactNode;
}

function Fact({ name, copy, href, children }: FactProps) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1 font-mono text-xs">
        <span className="min-w-0 [overflow-wrap:anywhere]">
          {href ? (
            <Link href={href} className="text-accent underline-offset-2 hover:underline">
              {children}
            </Link>
          ) : (
            children
          )}
        </span>
        {copy ? <CopyButton value={copy} label={`Copy ${name.toLowerCase()}`} /> : null}
      </dd>
    </>
  );
}

/** The page of what was changed; null if it has none. A deleted one answers 404. */
function hrefOf({ kind, id }: AuditEntryDto['target']): string | null {
  if (kind === 'batch') return links.batch(id);
  if (kind === 'flow') return links.flow(id);
  return kind === 'job' && id !== 'all' ? links.job(id) : null;
}

function Changes({ entry }: { entry: AuditEntryDto }) {
  const changes = changesOf(entry.before, entry.after);
  if (changes.length === 0) return null;
  const replaced = entry.before !== undefined;
  return (
    <table className="w-full table-fixed border-collapse text-left text-xs">
      <thead>
        <tr className="border-b text-muted">
          <th className="w-1/4 py-1.5 pr-3 font-medium">Field</th>
          {replaced ? <th className="py-1.5 pr-3 font-medium">Before</th> : null}
          <th className="py-1.5 font-medium">{replaced ? 'After' : 'Value'}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, before, after }) => (
          <tr key={path} className="border-b align-top last:border-b-0">
            <th scope="row" className="py-1.5 pr-3 font-normal text-muted [overflow-wrap:anywhere]">
              {path}
            </th>
            {replaced ? <Value old>{before}</Value> : null}
            <Value>{after}</Value>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A value as plain text. A word says which of the two was removed, because color alone would not. */
function Value({ old, children }: { old?: boolean; children: string | null }) {
  if (children === null) return <td className="py-1.5 pr-3 text-faint">none</td>;
  return (
    <td className="py-1.5 pr-3 font-mono [overflow-wrap:anywhere]">
      {old ? <del className="text-muted">{children}</del> : children}
    </td>
  );
}
