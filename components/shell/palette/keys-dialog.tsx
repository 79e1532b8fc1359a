import { Dialog, DialogContent } from '@/components/ui/dialog';
import { KEYS, printedKey } from '@/components/ui/keys';
import { Kbd, useIsApple } from './kbd';

const PLACES = [...new Set(Object.values(KEYS).map(({ where }) => where))];

export interface KeysDialogProps {
  open: boolean;
  onClose: () => void;
}

/** All keys, by the place where they work. */
export function KeysDialog({ open, onClose }: KeysDialogProps) {
  const apple = useIsApple() ?? false;
  return (
    <Dialog open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <DialogContent title="Keys" size="sm" description="They do nothing while you type.">
        <div className="flex flex-col gap-4">
          {PLACES.map((place) => (
            <section key={place}>
              <h3 className="mb-1 font-medium text-muted text-xs">{place}</h3>
              <dl className="text-sm">
                {Object.values(KEYS)
                  .filter(({ where }) => where === place)
                  .map(({ label, keys }) => (
                    <div key={label} className="flex items-center gap-3 py-1">
                      <dt className="min-w-0 flex-1">{label}</dt>
                      <dd className="flex gap-1">
                        {keys.map((key) => (
                          <Kbd key={key}>{printedKey(key, apple)}</Kbd>
                        ))}
                      </dd>
                    </div>
                  ))}
              </dl>
            </section>
          ))}
        </div>
      </DialogContent>
    </Dialog>
  );
}
