import type { AuditEntryDto } from '@/lib/contracts/audit';
import { stringifyJson } from '@/lib/contracts/json';
import type { EntryFilter } from '@/lib/domain/audit/list-entries';
import { streamEntries } from '@/lib/domain/audit/stream-entries';
import type { Context } from '@/lib/domain/context';
import { inBlocks } from '@/lib/tabular/blocks';
import type { Values } from '@/lib/tabular/row';
import { download } from './results/download';
import { table } from './results/table';

const COLUMNS = [
  'id',
  'at',
  'actor',
  'actor_kind',
  'actor_id',
  'action',
  'target',
  'target_kind',
  'target_id',
  'before',
  'after',
  'address',
  'request_id',
];

/** Sends all audit entries that match as a file, newest first, as a stream. @throws DomainError `forbidden` */
export async function sendAudit(context: Context, filter: EntryFilter, format: 'csv' | 'jsonl'): Promise<Response> {
  const pages = await streamEntries(context, filter);
  const body = format === 'csv' ? table(rows(pages), COLUMNS, 'csv') : inBlocks(lines(pages));
  return download(body, format, `audit-${new Date().toISOString().slice(0, 10)}.${format}`);
}

async function* rows(pages: AsyncGenerator<AuditEntryDto[]>): AsyncGenerator<Values> {
  for await (const page of pages) {
    for (const { id, at, actor, action, target, before, after, address, requestId } of page) {
      yield {
        id,
        at,
        actor: actor.name,
        actor_kind: actor.kind,
        actor_id: actor.id,
        action,
        target: target.name,
        target_kind: target.kind,
        target_id: target.id,
        before: before === undefined ? null : stringifyJson(before),
        after: after === undefined ? null : stringifyJson(after),
        address,
        request_id: requestId,
      };
    }
  }
}

async function* lines(pages: AsyncGenerator<AuditEntryDto[]>): AsyncGenerator<string> {
  for await (const page of pages) for (const entry of page) yield `${stringifyJson(entry)}\n`;
}
