'use client';

import { Bookmark, BookmarkPlus, Settings2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { onDemand } from '@/components/ui/on-demand';
import { useViews } from '@/lib/client/queries/views';
import type { ViewDto } from '@/lib/contracts/view';
import { columnsText, type ListQuery } from './use-list-query';

const ViewsDialog = onDemand(() => import('./views-dialog').then((module) => module.ViewsDialog));
const ViewForm = onDemand(() => import('./view-form').then((module) => module.ViewForm));

/** The saved views of a list: open one, save the query as one, arrange them. */
export function ViewMenu({ list }: { list: ListQuery }) {
  const { data: all = [] } = useViews();
  const views = all.filter((view) => view.of === list.kind);
  const [shown, setShown] = useState<'form' | 'views' | null>(null);
  const open = views.find(
    (view) => view.query.trim() === list.text && columnsText(view.columns) === columnsText(list.columns),
  );
  const entry = (view: ViewDto) => (
    <DropdownMenuItem key={view.id} onSelect={() => list.open(view)} hint={view.query || 'everything'}>
      {view.name}
    </DropdownMenuItem>
  );
  const shared = views.filter((view) => view.shared);
  const own = views.filter((view) => !view.shared);
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button aria-label={open ? `Views: ${open.name}` : 'Views'} className="max-sm:size-8 max-sm:p-0">
            <Bookmark />
            <span className="max-w-40 truncate max-sm:sr-only">{open?.name ?? 'Views'}</span>
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent>
          {own.length > 0 ? <DropdownMenuLabel>My views</DropdownMenuLabel> : null}
          {own.map(entry)}
          {shared.length > 0 ? <DropdownMenuLabel>Shared views</DropdownMenuLabel> : null}
          {shared.map(entry)}
          {views.length > 0 ? <DropdownMenuSeparator /> : null}
          <DropdownMenuItem onSelect={() => setShown('form')}>
            <BookmarkPlus /> Save this query as a view
          </DropdownMenuItem>
          <DropdownMenuItem disabled={views.length === 0} onSelect={() => setShown('views')}>
            <Settings2 /> Arrange views
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <Dialog open={shown !== null} onOpenChange={(isOpen) => setShown(isOpen ? shown : null)}>
        {shown === 'form' ? <ViewForm list={list} query={list.text} onDone={() => setShown(null)} /> : null}
        {shown === 'views' ? <ViewsDialog list={list} views={views} /> : null}
      </Dialog>
    </>
  );
}
