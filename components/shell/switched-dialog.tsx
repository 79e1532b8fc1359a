import * as Radix from 'radix-ui/alert-dialog';
import { Button } from '@/components/ui/button';
import { describeError } from '@/lib/client/api';
import { useSwitchOrganization } from '@/lib/client/mutations/people';
import type { ViewerDto } from '@/lib/contracts/system';

export interface SwitchedProps {
  organization: ViewerDto['organization'];
  switched: boolean;
}

/** The dialog of the SwitchedNotice. */
export function SwitchedDialog({ organization, switched }: SwitchedProps) {
  const goBack = useSwitchOrganization();
  const { id, name } = organization;
  return (
    <Radix.Root open={switched}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 animate-fade bg-overlay" />
        <Radix.Content className="fixed inset-x-4 top-[18vh] z-50 mx-auto max-w-md animate-pop rounded-lg border border-line-strong bg-surface shadow-pop outline-none">
          <div className="space-y-2 p-4">
            <Radix.Title className="font-semibold text-base [overflow-wrap:anywhere]">
              This page still shows {name}
            </Radix.Title>
            <Radix.Description className="text-muted text-sm">
              You switched to another organization in another tab. Nothing can be done here until this page shows the
              same one.
            </Radix.Description>
            {goBack.error ? (
              <p role="alert" className="text-sm text-status-failed">
                {describeError(goBack.error)}
              </p>
            ) : null}
          </div>
          <footer className="flex flex-wrap justify-end gap-2 border-t px-4 py-3">
            <Button busy={goBack.isPending} onClick={() => goBack.mutate(id)}>
              Back to {name}
            </Button>
            {/* Radix focuses the button that cancels, and here is none. */}
            <Button autoFocus variant="primary" onClick={() => globalThis.location.assign('/')}>
              Show the other organization
            </Button>
          </footer>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
