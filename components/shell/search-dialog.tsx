import { Dialog, DialogContent } from '@/components/ui/dialog';
import type { PaletteDialog } from './palette/use-palette-actions';
import { SearchPanel } from './search-panel';

export interface SearchDialogProps {
  open: boolean;
  setOpen: (open: boolean) => void;
  onShow: (dialog: PaletteDialog) => void;
  /** takes what was typed before the dialog was loaded */
  takeTyped: () => string;
}

/** The palette. */
export function SearchDialog({ open, setOpen, onShow, takeTyped }: SearchDialogProps) {
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogContent
        bare
        title="Search"
        size="md"
        className="max-sm:top-0 max-sm:bottom-auto max-sm:rounded-t-none max-sm:rounded-b-lg sm:top-[10vh] [&>div]:overflow-hidden [&>div]:p-0"
      >
        <SearchPanel onDone={() => setOpen(false)} onShow={onShow} takeTyped={takeTyped} />
      </DialogContent>
    </Dialog>
  );
}
