'use client';

import { Panel } from '@/components/ui/panel';
import { useToast } from '@/components/ui/toast';
import { describeError } from '@/lib/client/api';
import { useRequireSecondFactor } from '@/lib/client/mutations/people';
import type { OrganizationDto } from '@/lib/contracts/organization';

/** Whether members need a second factor, for owners. */
export function SecondFactorRule({ organization }: { organization: OrganizationDto }) {
  const save = useRequireSecondFactor();
  const notify = useToast();
  const { id, secondFactorRequired } = organization;
  // What was chosen is shown at once. If the server refuses it, the page has the old value.
  const required = save.isPending ? save.variables.required : secondFactorRequired;
  const choose = (next: boolean) =>
    save.mutate(
      { id, required: next },
      { onError: (error) => notify({ tone: 'error', title: 'Nothing has changed', detail: describeError(error) }) },
    );
  return (
    <Panel title="Second factor">
      <label className="flex w-fit cursor-pointer items-start gap-2 text-sm">
        <input
          type="checkbox"
          className="mt-0.5 accent-accent"
          checked={required}
          disabled={save.isPending}
          aria-describedby="second-factor-rule"
          onChange={(event) => choose(event.target.checked)}
        />
        Members need a second factor
      </label>
      <p id="second-factor-rule" className="mt-2 text-muted text-sm">
        Whoever has none can only set one up. The members page shows who that is. API keys are not affected.
      </p>
    </Panel>
  );
}
