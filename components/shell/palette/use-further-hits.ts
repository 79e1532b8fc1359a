'use client';

import { titleOf, whatOf } from '@/components/bulk-action/action-words';
import { roleReason } from '@/components/shared/gating';
import { formatCount } from '@/components/ui/format';
import { links } from '@/lib/client/links';
import { useBulkActions } from '@/lib/client/queries/bulk-actions';
import { useDeadLetters } from '@/lib/client/queries/dead-letters';
import { useChannels } from '@/lib/client/queries/notifications';
import { useViewer } from '@/lib/client/queries/system';
import { best, EACH, type Hit } from './match';

/**
 * Returns what fits of the records that have no search on the server: groups of dead letters, the newest bulk actions and
 * the channels. Each list is read once, whatever is typed.
 */
export function useFurtherHits(typed: string): { hits: Hit[]; asked: { isFetching: boolean; isError: boolean }[] } {
  const { data: viewer } = useViewer();
  const enabled = typed !== '' && viewer !== undefined;
  const dead = useDeadLetters('', 'reason', { enabled });
  const actions = useBulkActions({ enabled });
  const seesChannels = enabled && roleReason(viewer, 'channel.see') === null;
  const channels = useChannels({ enabled: seesChannels });
  if (!enabled) return { hits: [], asked: [] };
  const groups = (dead.data?.groups ?? []).flatMap(({ query, reason, code, count }) =>
    query === null ? [] : [{ title: reason, words: `dead letters ${code ?? ''}`, query, count }],
  );
  const hits = [
    ...best(typed, groups)
      .slice(0, EACH)
      .map(
        ({ title, query, count }): Hit => ({
          id: `dead ${query}`,
          group: 'Dead letters',
          href: links.deadLetters(query),
          title,
          detail: formatCount(count, 'job'),
        }),
      ),
    ...best(
      typed,
      (actions.data?.pages[0]?.bulkActions ?? []).map((action) => ({
        action,
        title: titleOf(action),
        words: `bulk action ${whatOf(action)} ${action.by ?? ''}`,
      })),
    )
      .slice(0, EACH)
      .map(
        ({ action, title }): Hit => ({
          id: action.id,
          group: 'Bulk actions',
          href: links.bulkAction(action.id),
          title,
          detail: whatOf(action),
        }),
      ),
    ...best(
      typed,
      (channels.data ?? []).map(({ id, name, kind }) => ({ id, title: name, words: `channel ${kind}` })),
    )
      .slice(0, EACH)
      .map(({ id, title }): Hit => ({ id, group: 'Channels', href: '/settings/notifications', title })),
  ];
  // These lists are read again and again while the palette is open. Only the first time makes one wait.
  const asked = [dead, actions, ...(seesChannels ? [channels] : [])].map(({ isLoading, isError }) => ({
    isFetching: isLoading,
    isError,
  }));
  return { hits, asked };
}
