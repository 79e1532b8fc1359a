'use client';

import { Copy, Link, MoreHorizontal, Stethoscope, Terminal } from 'lucide-react';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { useToast } from '@/components/ui/toast';
import { curl, links } from '@/lib/client/links';
import type { BatchDto } from '@/lib/contracts/batch';

/** Further actions: copy the id, the link or a curl command, and open the doctor. */
export function MoreMenu({ batch, onExamine }: { batch: BatchDto; onExamine: () => void }) {
  const notify = useToast();
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
        <DropdownMenuSeparator />
        <DropdownMenuItem hint="Counters, queue and worker processes" onSelect={onExamine}>
          <Stethoscope /> Examine batch
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
