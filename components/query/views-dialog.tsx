'use client';

import { ArrowDown, ArrowUp, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { roleReason } from '@/components/shared/gating';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent } from '@/components/ui/dialog';
import { Notice } from '@/components/ui/notice';
import { describeError } from '@/lib/client/api';
import { useDeleteView, useUpdateView } from '@/lib/client/mutations/views';
import { useViewer } from '@/lib/client/queries/system';
import type { ViewDto } from '@/lib/contracts/view';
import type { ListQuery } from './use-list-query';
import { ViewForm } from './view-form';

/** The views of a list: their order, names and queries. */
export function ViewsDialog({ list, views }: { list: ListQuery; views: readonly ViewDto[] }) {
  const { data: viewer } = useViewer();
  const mayShare = roleReason(viewer, 'view.share') === null;
  const [changed, setChanged] = useState<ViewDto | null>(null);
  const update = useUpdateView();
  const remove = useDeleteView();
  const error = update.error ?? remove.error;
  const groups = [
    { title: 'My views', group: views.filter((view) => !view.shared), editable: true },
    { title: 'Shared views', group: views.filter((view) => view.shared), editable: mayShare },
  ].filter(({ group }) => group.length > 0);
  const move = (group: readonly ViewDto[], from: number, to: number) => {
    const [view, neighbor] = [group[from], group[to]];
    if (view && neighbor) update.mutate({ id: view.id, position: neighbor.position });
  };
  return (
    <DialogContent title={`Views of ${list.kind}`} size="md">
      {error ? <Notice tone="error">{describeError(error)}</Notice> : null}
      {groups.map(({ title, group, editable }) => (
        <section key={title} aria-label={title} className="mb-3">
          <h3 className="mb-1 font-medium text-muted text-xs">{title}</h3>
          <ul className="divide-y rounded-md border">
            {group.map((view, place) => (
              <li key={view.id} className="flex items-center gap-2 px-2 py-1">
                <span className="min-w-0 flex-1">
                  <span className="flex items-center gap-2 text-sm">
                    <span className="truncate">{view.name}</span>
                    {view.isDefault ? <Badge>default</Badge> : null}
                  </span>
                  <span className="block truncate font-mono text-muted text-xs">{view.query || 'everything'}</span>
                </span>
                {editable ? (
                  <>
                    <Button
                      size="icon-sm"
                      variant="ghost"
                      aria-label={`Move ${view.name} up`}
                      reason={place === 0 ? 'It is the first one' : null}
                      onClick={() => move(group, place, place - 1)}
                    >
                      <ArrowUp />
                    </Button>
                    <Button
                      size="icon-sm"
                      variant="ghost"
                      aria-label={`Move ${view.name} down`}
                      reason={place === group.length - 1 ? 'It is the last one' : null}
                      onClick={() => move(group, place, place + 1)}
                    >
                      <ArrowDown />
                    </Button>
                    <Button
                      size="icon-sm"
                      variant="ghost"
                      aria-label={`Change ${view.name}`}
                      onClick={() => setChanged(view)}
                    >
                      <Pencil />
                    </Button>
                    <Button
                      size="icon-sm"
                      variant="ghost"
                      aria-label={`Delete ${view.name}`}
                      busy={remove.isPending && remove.variables === view.id}
                      onClick={() => remove.mutate(view.id)}
                    >
                      <Trash2 />
                    </Button>
                  </>
                ) : null}
              </li>
            ))}
          </ul>
        </section>
      ))}
      {views.length === 0 ? <p className="text-muted text-sm">There are no views any more.</p> : null}
      <Dialog open={changed !== null} onOpenChange={(open) => (open ? undefined : setChanged(null))}>
        {changed ? <ViewForm list={list} query={changed.query} view={changed} onDone={() => setChanged(null)} /> : null}
      </Dialog>
    </DialogContent>
  );
}
