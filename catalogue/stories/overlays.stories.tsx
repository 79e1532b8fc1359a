import { useState } from 'react';
import { unreachable } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { BrokenPage } from '@/components/ui/broken-page';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { ThemeToggle } from '@/components/ui/theme-toggle';
import { useToast } from '@/components/ui/toast';
import { Tooltip } from '@/components/ui/tooltip';

const story = (render: Story['render'], more: Partial<Story> = {}): Story => ({ render, ...more });
const row = 'flex flex-wrap items-center gap-2 p-4';
const nothing = () => undefined;

function OpenDialog() {
  const [open, setOpen] = useState(false);
  return (
    <div className={row}>
      <Button onClick={() => setOpen(true)}>Add items</Button>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent
          title="Add items"
          description="They join embed-handbook at its end."
          footer={
            <DialogClose asChild>
              <Button>Not now</Button>
            </DialogClose>
          }
        >
          <Field label="Items">{(control) => <Textarea {...control} />}</Field>
        </DialogContent>
      </Dialog>
    </div>
  );
}
export const DialogToOpen = story(() => <OpenDialog />);

export const DialogOpen = story(() => (
  <Dialog open>
    <DialogContent title="Examination of embed-handbook" description="Counters, items and queue agree.">
      Nothing is wrong with this batch.
    </DialogContent>
  </Dialog>
));

export const ConfirmDanger = story(() => (
  <ConfirmDialog
    open
    onOpenChange={nothing}
    title="Force cancel embed-handbook?"
    consequence="38 running items will be aborted and counted as cancelled, 1,162 will not start."
    confirm="Force cancel"
    keep="Keep running"
    danger
    error="The server answered 500."
    onConfirm={nothing}
  />
));

export const MenuToOpen = story(() => (
  <div className={row}>
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button>Results</Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuLabel>Formats</DropdownMenuLabel>
        <DropdownMenuItem hint="one row for each item">CSV</DropdownMenuItem>
        <DropdownMenuItem disabled hint="Too many rows for a sheet">
          XLSX
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem danger>Delete</DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
    <Popover>
      <PopoverTrigger asChild>
        <Button>Capacity</Button>
      </PopoverTrigger>
      <PopoverContent aria-label="Capacity">1 of 2 slots taken</PopoverContent>
    </Popover>
    <Tooltip content="What you see changes as it happens.">
      <Button variant="ghost">live</Button>
    </Tooltip>
    <ThemeToggle initial="system" />
  </div>
));

function Toasts() {
  const notify = useToast();
  return (
    <div className={row}>
      {(['info', 'success', 'error'] as const).map((tone) => (
        <Button
          key={tone}
          onClick={() =>
            notify({
              tone,
              title: `A toast: ${tone}`,
              detail: 'More about it.',
              action: { label: 'Undo', onAction: nothing },
            })
          }
        >
          Show {tone}
        </Button>
      ))}
    </div>
  );
}
export const ToastsToShow = story(() => <Toasts />);

export const BrokenBecauseOfTheDatabase = story(
  () => <BrokenPage title="This page broke" error={new Error('no database')} onRetry={nothing} />,
  {
    routes: { 'HEAD *': unreachable, 'HEAD /': unreachable },
  },
);
