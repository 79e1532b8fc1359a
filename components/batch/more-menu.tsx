'use client';

import { CalendarClock, Copy, GitCompareArrows, Link, MoreHorizontal, Stethoscope, Terminal } from 'lucide-react';
import { roleReason } from '@/components/shared/gating';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { Link as PageLink } from '@/components/ui/link';
import { useToast } from '@/components/ui/toast';
import { curl, links } from '@/lib/client/links';
import { useViewer } from '@/lib/client/queries/system';
import type { BatchDto } from '@/lib/contracts/batch';

/** Batches with at most so many items can be repeated by a schedule; it holds the items itself. */
const MAX_COPIED = 1000;

/** Further actions: schedule it, copy the id, the link or a curl command, and open the doctor. */
export function MoreMenu({ batch, onExamine }: { batch: BatchDto; onExamine: () => void }) {
  const notify = useToast();
  const { data: viewer } = useViewer();
  const canSchedule =
    batch.total <= MAX_COPIED && viewer?.seesPayloads && roleReason(viewer, 'schedule.create') === null;
  const copy = async (what: string, text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      notify({ title: `${what} copied` });
    } catch {
      // Browsers block the clipboard on plain http. The message shows the text, so that users can copy it by hand.
      notify({ tone: 'error', title: 'The browser refused the clipboard', detail: text });
    }
  };
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label="More">
          <MoreHorizontal />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem onSelect={() => void copy('Batch id', batch.id)}>
          <Copy /> Copy id
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void copy('Link', `${location.origin}${links.batch(batch.id)}`)}>
          <Link /> Copy link
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void copy('Command', curl(`/api/batches/${batch.id}`))}>
          <Terminal /> Copy as curl
        </DropdownMenuItem>
        {canSchedule ? (
          <DropdownMenuItem asChild>
            <PageLink href={links.scheduleOf(batch.id)}>
              <CalendarClock /> Schedule…
            </PageLink>
          </DropdownMenuItem>
        ) : null}
        <DropdownMenuItem asChild>
          <PageLink href={links.compare(batch.id)}>
            <GitCompareArrows /> Compare with…
          </PageLink>
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem hint="Counters, queue and worker processes" onSelect={onExamine}>
          <Stethoscope /> Examine batch
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
