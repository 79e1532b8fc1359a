'use client';

import { type FormEvent, useState } from 'react';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { ApiError, describeError, issueSentence } from '@/lib/client/api';
import { useCreateRule, useUpdateRule } from '@/lib/client/mutations/notifications';
import type { ChannelDto } from '@/lib/contracts/channel';
import { issueMessage } from '@/lib/contracts/issues';
import {
  NOTIFICATION_EVENT_TYPES,
  NOTIFICATION_EVENTS,
  type NotificationEvent,
} from '@/lib/contracts/notification-events';
import { createRuleBody, type RuleDto, THRESHOLDS } from '@/lib/contracts/notification-rule';

/** Numbers that events compare with: unit, and what the API's number is multiplied with to be shown. */
const LIMITS = [
  { key: 'failureRate', of: 'batch.failure-rate', label: 'Failed share, in %', scale: 100 },
  { key: 'minFinished', of: 'batch.failure-rate', label: 'After so many finished items', scale: 1 },
  { key: 'stuckMinutes', of: 'batch.stuck', label: 'Minutes without progress', scale: 1 },
  { key: 'waitingMinutes', of: 'capacity.waiting', label: 'Minutes in the queue', scale: 1 },
  { key: 'deadLetters', of: 'dead-letters.growing', label: 'So many more failed jobs', scale: 1 },
] as const;

interface RuleDialogProps {
  /** the rule to change; `new` for another one; null: closed */
  rule: RuleDto | 'new' | null;
  channels: readonly ChannelDto[];
  onClose: () => void;
}

/** Adds or changes a rule. */
export function RuleDialog({ rule, channels, onClose }: RuleDialogProps) {
  return (
    <Dialog open={rule !== null} onOpenChange={(open) => !open && onClose()}>
      {rule === null ? null : <RuleForm rule={rule === 'new' ? undefined : rule} channels={channels} done={onClose} />}
    </Dialog>
  );
}

const toggled = <T,>(list: readonly T[], one: T): T[] =>
  list.includes(one) ? list.filter((each) => each !== one) : [...list, one];

function RuleForm({
  rule,
  channels,
  done,
}: {
  rule: RuleDto | undefined;
  channels: readonly ChannelDto[];
  done: () => void;
}) {
  const [name, setName] = useState(rule?.name ?? '');
  const [on, setOn] = useState<string[]>(rule?.on ?? ['batch.failed', 'batch.partial']);
  const [query, setQuery] = useState(rule?.query ?? '');
  const [told, setTold] = useState<string[]>(rule?.channelIds ?? channels.slice(0, 1).map(({ id }) => id));
  const [limits, setLimits] = useState<Record<string, string>>(() =>
    Object.fromEntries(LIMITS.map(({ key, scale }) => [key, String((rule?.[key] ?? THRESHOLDS[key]) * scale)])),
  );
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const create = useCreateRule();
  const update = useUpdateRule();
  const error = create.error ?? update.error;
  const queryError = error instanceof ApiError && error.code === 'invalid-query' ? describeError(error) : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parsed = createRuleBody.safeParse({
      ...{ name: name.trim(), on, channelIds: told, query: query.trim() === '' ? null : query.trim() },
      enabled: rule?.enabled ?? true,
      ...Object.fromEntries(LIMITS.map(({ key, scale }) => [key, Number(limits[key]) / scale])),
    });
    const issues = parsed.success ? [] : parsed.error.issues;
    setWrong(
      Object.fromEntries(issues.map((i) => [String(i.path[0]), issueSentence(issueMessage(i))] as const).reverse()),
    );
    if (!parsed.success) return;
    const saved = rule ? update.mutateAsync({ id: rule.id, ...parsed.data }) : create.mutateAsync(parsed.data);
    void saved.then(done, () => undefined);
  };

  return (
    <FormDialog
      title={rule ? `Change ${rule.name}` : 'Add a rule'}
      confirm={rule ? 'Save changes' : 'Add rule'}
      busy={create.isPending || update.isPending}
      noValidate
      onSubmit={submit}
    >
      <Field label="Name" hint="Such as Nightly failures" error={wrong.name}>
        {(control) => <Input {...control} value={name} autoFocus onChange={(event) => setName(event.target.value)} />}
      </Field>
      <fieldset className="grid gap-1.5">
        <legend className="mb-1 font-medium text-xs">Tell when</legend>
        {NOTIFICATION_EVENT_TYPES.map((type) => (
          <EventChoice key={type} type={type} checked={on.includes(type)} onToggle={() => setOn(toggled(on, type))} />
        ))}
        {wrong.on ? (
          <p role="alert" className="text-status-failed text-xs">
            Choose at least one event
          </p>
        ) : null}
      </fieldset>
      {LIMITS.filter(({ of }) => on.includes(of)).map(({ key, label }) => (
        <Field key={key} label={label} error={wrong[key]}>
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              value={limits[key] ?? ''}
              onChange={(event) => setLimits({ ...limits, [key]: event.target.value })}
            />
          )}
        </Field>
      ))}
      <Field
        label="Only for batches that match"
        note="optional"
        hint="A query, such as type:diagnostic name:nightly*, or the id of a shared view. It restricts events about batches."
        error={wrong.query ?? queryError}
      >
        {(control) => (
          <Input
            {...control}
            value={query}
            spellCheck={false}
            className="font-mono"
            onChange={(event) => setQuery(event.target.value)}
          />
        )}
      </Field>
      <fieldset className="grid gap-1.5">
        <legend className="mb-1 font-medium text-xs">Channels</legend>
        {channels.map((channel) => (
          <label key={channel.id} className="flex w-fit items-center gap-2 text-sm">
            <input
              type="checkbox"
              className="accent-accent"
              checked={told.includes(channel.id)}
              onChange={() => setTold(toggled(told, channel.id))}
            />
            {channel.name}
          </label>
        ))}
        {wrong.channelIds ? (
          <p role="alert" className="text-status-failed text-xs">
            Choose at least one channel
          </p>
        ) : null}
      </fieldset>
      {error && !queryError ? <Notice tone="error">{describeError(error)}</Notice> : null}
    </FormDialog>
  );
}

function EventChoice({ type, checked, onToggle }: { type: NotificationEvent; checked: boolean; onToggle: () => void }) {
  return (
    <label className="flex items-start gap-2 text-sm">
      <input type="checkbox" className="mt-1 accent-accent" checked={checked} onChange={onToggle} />
      <span>
        {NOTIFICATION_EVENTS[type].title} <code className="font-mono text-muted text-xs">{type}</code>
      </span>
    </label>
  );
}
