'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { toControl } from '@/components/ui/date-control';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { Select } from '@/components/ui/select';
import { useJobTypes } from '@/lib/client/queries/jobs';
import { HISTORY_KEPT_MS } from '@/lib/contracts/history-steps';
import { type Comparison, type HistoryView, RANGES } from './history-view';

interface ControlsProps {
  view: HistoryView;
  comparison: Comparison;
  onChange: (changes: Record<string, string>) => void;
  now: number;
}

/** Range, job type, comparison, and whether charts or the table are shown. */
export function HistoryControls({ view, comparison, onChange, now }: ControlsProps) {
  const { data: types = [] } = useJobTypes();
  const known = view.type === undefined || types.some(({ type }) => type === view.type);
  const reason = 'reason' in comparison ? comparison.reason : null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row in every browser */}
      <div role="group" aria-label="Range" className="flex flex-wrap gap-1">
        {RANGES.map(({ name, label }) => (
          <Button
            key={name}
            size="sm"
            variant={view.range === name ? 'primary' : 'secondary'}
            aria-pressed={view.range === name}
            onClick={() => onChange({ range: name, from: '', to: '' })}
          >
            {label}
          </Button>
        ))}
        <OwnRange view={view} onChange={onChange} now={now} />
      </div>
      <Select
        aria-label="Job type"
        value={view.type ?? ''}
        onChange={({ target }) => onChange({ type: target.value })}
        className="max-w-60"
      >
        <option value="">All job types</option>
        {known ? null : <option value={view.type}>{view.type}</option>}
        {types.map(({ type, title }) => (
          <option key={type} value={type}>
            {title}
          </option>
        ))}
      </Select>
      <span className="ml-auto flex flex-wrap gap-1">
        <Button
          size="sm"
          reason={reason}
          aria-pressed={reason === null && view.compare}
          variant={reason === null && view.compare ? 'primary' : 'secondary'}
          onClick={() => onChange({ compare: view.compare ? '' : 'before' })}
        >
          Compare with {'label' in comparison ? comparison.label : 'before'}
        </Button>
        <Button size="sm" aria-pressed={view.asTable} onClick={() => onChange({ as: view.asTable ? '' : 'table' })}>
          {view.asTable ? 'Show charts' : 'Show as table'}
        </Button>
      </span>
    </div>
  );
}

function OwnRange({ view, onChange, now }: Omit<ControlsProps, 'comparison'>) {
  const [open, setOpen] = useState(false);
  const given = 'from' in view.span ? view.span : null;
  const [from, setFrom] = useState(given ? toControl(given.from) : '');
  const [to, setTo] = useState(given ? toControl(given.to) : '');
  const error = from && to ? refusal(from, to, now) : null;
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button size="sm" variant={given ? 'primary' : 'secondary'} aria-pressed={given !== null}>
          Own range
        </Button>
      </PopoverTrigger>
      <PopoverContent align="start" className="p-3">
        <form
          className="grid gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            onChange({ range: '', from: new Date(from).toISOString(), to: new Date(to).toISOString() });
            setOpen(false);
          }}
        >
          <Field label="From" note="your time">
            {(control) => (
              <Input {...control} type="datetime-local" value={from} onChange={({ target }) => setFrom(target.value)} />
            )}
          </Field>
          <Field label="To" note="your time" error={error}>
            {(control) => (
              <Input {...control} type="datetime-local" value={to} onChange={({ target }) => setTo(target.value)} />
            )}
          </Field>
          <p className="text-muted text-xs">Minutes are kept for 2 hours, hours for 7 days, days for 400 days.</p>
          <Button type="submit" variant="primary" reason={from && to ? error : 'Give both times'}>
            Show
          </Button>
        </form>
      </PopoverContent>
    </Popover>
  );
}

function refusal(from: string, to: string, now: number): string | null {
  if (new Date(from) >= new Date(to)) return 'The end must be after the beginning';
  if (new Date(to).getTime() < now - HISTORY_KEPT_MS.day) return 'Nothing is kept for more than 400 days';
  return null;
}
