'use client';

import { type FormEvent, useState } from 'react';
import { ValueShown } from '@/components/shared/value-shown';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { Select } from '@/components/ui/select';
import { ApiError, describeError, issueSentence } from '@/lib/client/api';
import { useCreateChannel, useUpdateChannel } from '@/lib/client/mutations/notifications';
import {
  CHANNEL_CONFIGS,
  CHANNEL_KINDS,
  type ChannelDto,
  type ChannelKind,
  createChannelBody,
  updateChannelBody,
} from '@/lib/contracts/channel';
import { type Issue, issueMessage } from '@/lib/contracts/issues';
import { KINDS } from './kinds';
import { MessagePreview } from './message-preview';

interface ChannelDialogProps {
  /** the channel to change; `new` for another one; null: closed */
  channel: ChannelDto | 'new' | null;
  onClose: () => void;
}

/** Adds a channel, and shows the secret of a webhook once; or changes one. */
export function ChannelDialog({ channel, onClose }: ChannelDialogProps) {
  return (
    <Dialog open={channel !== null} onOpenChange={(open) => !open && onClose()}>
      {channel === null ? null : <ChannelForm channel={channel === 'new' ? undefined : channel} done={onClose} />}
    </Dialog>
  );
}

/** Returns the first message for each part of the form. */
function messagesOf(issues: readonly Issue[]): Record<string, string> {
  const parts = issues.map((issue) => [
    String(issue.path[issue.path[0] === 'config' ? 1 : 0] ?? 'config'),
    issueSentence(issueMessage(issue)),
  ]);
  return Object.fromEntries(parts.reverse());
}

function ChannelForm({ channel, done }: { channel: ChannelDto | undefined; done: () => void }) {
  const [kind, setKind] = useState<ChannelKind>(channel?.kind ?? 'webhook');
  const [name, setName] = useState(channel?.name ?? '');
  const [address, setAddress] = useState((channel?.config.to ?? []).join(', '));
  const [secret, setSecret] = useState('');
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const create = useCreateChannel();
  const update = useUpdateChannel();
  const error = create.error ?? update.error;
  const refusal = error instanceof ApiError ? error.errors.find(({ path }) => path.startsWith('config')) : undefined;

  const configOf = () =>
    kind === 'email'
      ? { to: address.split(/[\s,;]+/).filter(Boolean), memberIds: channel?.config.memberIds ?? [] }
      : { url: address.trim(), ...(kind === 'webhook' && secret.trim() ? { secret: secret.trim() } : {}) };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (channel) {
      // The address is not shown, so an empty field keeps it.
      const config =
        address.trim() === '' && kind !== 'email' ? undefined : CHANNEL_CONFIGS[kind].safeParse(configOf());
      const named = updateChannelBody.safeParse({ name: name.trim() });
      setWrong({
        ...(config?.error ? messagesOf(config.error.issues.map((i) => ({ ...i, path: ['config', ...i.path] }))) : {}),
        ...(named.error ? messagesOf(named.error.issues) : {}),
      });
      if (config?.success === false || !named.success) return;
      void update
        .mutateAsync({ id: channel.id, name: name.trim(), ...(config ? { config: config.data } : {}) })
        .then(done, () => undefined);
      return;
    }
    const parsed = createChannelBody.safeParse({ kind, name: name.trim(), config: configOf() });
    setWrong(parsed.success ? {} : messagesOf(parsed.error.issues));
    if (!parsed.success) return;
    void create.mutateAsync(parsed.data).then(
      (made) => (made.secret === undefined ? done() : undefined),
      () => undefined,
    );
  };

  if (create.data?.secret !== undefined) {
    return (
      <ValueShown
        label="Secret"
        title={`The secret of ${create.data.channel.name}`}
        value={create.data.secret}
        note="Your receiver verifies with it that a message comes from here. Any library for Standard Webhooks can."
      />
    );
  }
  return (
    <FormDialog
      title={channel ? `Change ${channel.name}` : 'Add a channel'}
      description="Addresses and secrets are stored encrypted."
      confirm={channel ? 'Save changes' : 'Add channel'}
      busy={create.isPending || update.isPending}
      noValidate
      autoComplete="off"
      onSubmit={submit}
    >
      {channel ? null : (
        <Field label="Kind">
          {(control) => (
            <Select {...control} value={kind} onChange={(event) => setKind(event.target.value as ChannelKind)}>
              {CHANNEL_KINDS.map((each) => (
                <option key={each} value={each}>
                  {KINDS[each].word}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <Field label="Name" hint="Such as Night shift" error={wrong.name}>
        {(control) => <Input {...control} value={name} autoFocus onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Field
        label={KINDS[kind].address}
        hint={channel && kind !== 'email' ? `Empty: it stays ${channel.config.url}` : KINDS[kind].hint}
        error={wrong.url ?? wrong.to ?? wrong.config ?? refusal?.message}
      >
        {(control) => (
          <Input {...control} value={address} spellCheck={false} onChange={(event) => setAddress(event.target.value)} />
        )}
      </Field>
      {kind === 'webhook' && (!channel || address.trim() !== '') ? (
        <Field
          label="Secret"
          note="optional"
          hint={channel ? 'Empty: it stays' : 'Empty: one is made, and shown once'}
          error={wrong.secret}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              placeholder="whsec_…"
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
            />
          )}
        </Field>
      ) : null}
      <MessagePreview kind={kind} />
      {error && !refusal ? <Notice tone="error">{describeError(error)}</Notice> : null}
    </FormDialog>
  );
}
