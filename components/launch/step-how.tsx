'use client';

import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { Field } from '@/components/ui/field';
import { formatDuration, formatNumber } from '@/components/ui/format';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { LaunchFields } from '@/lib/contracts/batch';
import type { JobTypeDefaults } from '@/lib/contracts/job-type';
import type { Draft, OptionsDraft } from './draft';

const START: { value: LaunchFields['start']; title: string; hint: string }[] = [
  { value: 'now', title: 'Now', hint: 'refused while there is no capacity' },
  { value: 'queue', title: 'When there is capacity', hint: 'waits its turn, starts by itself' },
  { value: 'manual', title: 'By hand', hint: 'waits until somebody starts it' },
];

interface StepHowProps {
  draft: Draft;
  change: (changes: (draft: Draft) => Partial<Draft>) => void;
  defaults: JobTypeDefaults;
  issues: Partial<Record<keyof OptionsDraft, string>>;
  /** the options in words, shown while they are folded away */
  summary: string;
}

/** The third step: when, and with what limits. The defaults are folded away, not hidden. */
export function StepHow({ draft, change, defaults, issues, summary }: StepHowProps) {
  const set = (name: keyof OptionsDraft, value: string) =>
    change((now) => ({ options: { ...now.options, [name]: value } }));
  const wrong = Object.keys(issues).length > 0;

  const option = (name: keyof OptionsDraft, label: ReactNode, hint: string, unset: string) => (
    <Field label={label} hint={hint} error={issues[name]}>
      {(control) => (
        <Input
          {...control}
          inputMode={name === 'uniqueKey' ? undefined : 'decimal'}
          maxLength={200}
          value={draft.options[name]}
          placeholder={unset}
          onChange={(event) => set(name, event.target.value)}
        />
      )}
    </Field>
  );

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <fieldset className="grid gap-2 sm:grid-cols-3">
        <legend className="mb-1 font-medium text-xs">Start</legend>
        {START.map(({ value, title, hint }) => (
          <label
            key={value}
            className={cn(
              'cursor-pointer rounded-md border px-3 py-2 has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-accent has-[:focus-visible]:outline-offset-2',
              draft.start === value ? 'border-accent bg-selected' : 'hover:border-control-line hover:bg-hover',
            )}
          >
            <input
              type="radio"
              name="start"
              value={value}
              checked={draft.start === value}
              onChange={() => change(() => ({ start: value }))}
              aria-label={title}
              className="sr-only"
            />
            <span className="block font-medium text-sm">{title}</span>
            <span className="block text-muted text-xs">{hint}</span>
          </label>
        ))}
      </fieldset>
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          className="mt-0.5 size-4 accent-(--accent)"
          checked={draft.keepOpen === true}
          onChange={(event) => change(() => ({ keepOpen: event.target.checked }))}
        />
        <span>
          Keep open for more items
          <span className="block text-muted text-xs">
            it ends only when it is sealed, by hand or an hour after the last item came
          </span>
        </span>
      </label>
      <details className="group rounded-md border" open={wrong || undefined}>
        <summary className="flex cursor-pointer list-none items-center gap-2 px-3 py-2 text-sm hover:bg-hover">
          <ChevronRight className="size-3.5 shrink-0 text-muted transition-transform duration-150 group-open:rotate-90" />
          <span className="shrink-0 font-medium">Options</span>
          <span className="min-w-0 truncate text-muted text-xs group-open:invisible">{summary}</span>
        </summary>
        <div className="grid gap-3 border-t p-3 sm:grid-cols-2 xl:grid-cols-3">
          {option(
            'concurrency',
            'Concurrency',
            'items at once; 0 = as many as the workers take',
            defaults.concurrency > 0 ? formatNumber(defaults.concurrency) : 'as many as the workers take',
          )}
          {option(
            'ratePerMinute',
            'Rate',
            'items started a minute; 0 = no limit',
            defaults.ratePerMinute > 0 ? formatNumber(defaults.ratePerMinute) : 'no limit',
          )}
          {option('priority', 'Priority', '0 to 1,000, higher first', '0')}
          {option(
            'maxAttempts',
            'Attempts',
            'tries of an item before it counts as failed',
            String(defaults.maxAttempts),
          )}
          <Field label="Backoff" hint="how the wait between attempts grows">
            {(control) => (
              <Select
                {...control}
                value={draft.options.backoffType}
                onChange={(event) => set('backoffType', event.target.value)}
              >
                <option value="">{defaults.backoff.type} (default)</option>
                <option value="exponential">exponential: doubles each time</option>
                <option value="fixed">fixed: always the same</option>
              </Select>
            )}
          </Field>
          {option(
            'backoffDelay',
            'First wait, seconds',
            'before the second attempt',
            formatDuration(defaults.backoff.delay),
          )}
          {option('delaySeconds', 'Delay, seconds', 'before the first item may start', 'none')}
          {option('stopOnFailureRate', 'Stop at failure rate, %', 'cancels what has not started above it', 'never')}
          {option('stopAfter', 'Judge after', 'items seen before the failure rate counts', '20')}
          {option('uniqueKey', 'Unique key', 'no second batch with this key while one is unfinished', 'none')}
        </div>
      </details>
    </div>
  );
}
