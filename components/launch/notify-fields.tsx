'use client';

import { ChevronRight } from 'lucide-react';
import { roleReason } from '@/components/shared/gating';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Link } from '@/components/ui/link';
import { useChannels } from '@/lib/client/queries/notifications';
import { useViewer } from '@/lib/client/queries/system';
import type { Draft } from './draft';

interface NotifyFieldsProps {
  draft: Draft;
  change: (changes: (draft: Draft) => Partial<Draft>) => void;
}

/** Who is told when the batch has ended. */
export function NotifyFields({ draft, change }: NotifyFieldsProps) {
  const { data: viewer } = useViewer();
  const { data: channels = [] } = useChannels({
    enabled: viewer !== undefined && roleReason(viewer, 'channel.see') === null,
  });
  const chosen = channels.filter(({ id }) => draft.notify.includes(id));
  const told = [...chosen.map(({ name }) => name), ...(draft.notifyUrl.trim() ? [draft.notifyUrl.trim()] : [])];
  const toggle = (id: string) =>
    change(({ notify }) => ({ notify: notify.includes(id) ? notify.filter((each) => each !== id) : [...notify, id] }));
  return (
    <details className="group rounded-md border">
      <summary className="flex cursor-pointer list-none items-center gap-2 px-3 py-2 text-sm hover:bg-hover">
        <ChevronRight className="size-3.5 shrink-0 text-muted transition-transform duration-150 group-open:rotate-90" />
        <span className="shrink-0 font-medium">When it ends, tell …</span>
        <span className="min-w-0 truncate text-muted text-xs group-open:invisible">
          {told.length > 0 ? told.join(', ') : 'nobody'}
        </span>
      </summary>
      <div className="grid gap-3 border-t p-3">
        {channels.length > 0 ? (
          <fieldset className="grid gap-1.5">
            <legend className="mb-1 font-medium text-xs">Channels</legend>
            {channels.map(({ id, name, enabled }) => (
              <label key={id} className="flex w-fit items-center gap-2 text-sm">
                <input
                  type="checkbox"
                  className="accent-accent"
                  checked={draft.notify.includes(id)}
                  onChange={() => toggle(id)}
                />
                {name}
                {enabled ? null : <span className="text-muted text-xs">switched off</span>}
              </label>
            ))}
          </fieldset>
        ) : (
          <p className="text-muted text-sm">
            No channel is set up.{' '}
            <Link href="/settings/notifications" className="text-accent underline-offset-2 hover:underline">
              Set up channels
            </Link>
          </p>
        )}
        <Field label="Webhook address" note="optional" hint="gets signed JSON once, whatever the end">
          {(control) => (
            <Input
              {...control}
              value={draft.notifyUrl}
              placeholder="none"
              spellCheck={false}
              maxLength={2000}
              onChange={(event) => change(() => ({ notifyUrl: event.target.value }))}
            />
          )}
        </Field>
      </div>
    </details>
  );
}

/** Whom a draft tells, for the launch. Channels that are gone are left out by the server's list. */
export const notifyOf = ({ notify, notifyUrl }: Draft) => [
  ...notify.map((channelId) => ({ channelId })),
  ...(notifyUrl.trim() ? [{ url: notifyUrl.trim() }] : []),
];
