'use client';

import { useId } from 'react';
import { Field } from '@/components/ui/field';
import { formatExact, formatNumber, formatRelative } from '@/components/ui/format';
import { Panel } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { useBatches } from '@/lib/client/queries/batches';
import { type CompareChoice, useComparison } from '@/lib/client/queries/compare';
import type { BatchDto } from '@/lib/contracts/batch';

interface CompareWithProps {
  batch: BatchDto;
  choice: CompareChoice;
  onChoose: (choice: CompareChoice) => void;
}

/** Most suggestions of each kind. */
const SUGGESTED = 20;

/** Chooses the other side: an earlier run of this batch, earlier batches of the same name, and others of its type. */
export function CompareWith({ batch, choice, onChoose }: CompareWithProps) {
  const named = useBatches({ q: batch.name }, { limit: SUGGESTED });
  const typed = useBatches({ type: batch.type }, { limit: SUGGESTED });
  const earlier = (batches: readonly BatchDto[]) =>
    batches.filter(({ id, createdAt }) => id !== batch.id && createdAt <= batch.createdAt);
  const same = earlier(named.data?.pages[0]?.batches ?? []).filter(({ name }) => isSameName(name, batch.name));
  const others = earlier(typed.data?.pages[0]?.batches ?? []).filter(
    ({ id }) => !same.some((other) => other.id === id),
  );
  const known = choice.with === undefined || [batch, ...same, ...others].some(({ id }) => id === choice.with);
  const loading = named.isPending || typed.isPending;
  const field = useId();
  return (
    <Panel title="Compare with">
      <div className="flex flex-wrap items-end gap-3">
        <label htmlFor={field} className="sr-only">
          The other batch
        </label>
        <Select
          id={field}
          className="w-full max-w-xl"
          value={choice.with ?? ''}
          onChange={(event) => onChoose({ with: event.target.value || undefined })}
        >
          <option value="">{loading ? 'Looking for earlier batches' : 'Choose a batch or a run'}</option>
          {known ? null : <option value={choice.with}>The batch of this link</option>}
          {batch.run > 1 || choice.with === batch.id ? (
            <option value={batch.id}>An earlier run of this batch</option>
          ) : null}
          <Options label="Earlier batches of this name" batches={same} />
          <Options label="Earlier batches of this type" batches={others} />
        </Select>
        {choice.with === batch.id ? <Runs batch={batch} choice={choice} onChoose={onChoose} /> : null}
      </div>
      {!loading && same.length + others.length === 0 && batch.run <= 1 ? (
        <p className="mt-2 text-muted text-sm">
          There is no earlier batch of this name or type, and this one was not retried.
        </p>
      ) : null}
    </Panel>
  );
}

/** A schedule adds the date to the name of what it launches, so digits may differ. */
const isSameName = (a: string, b: string): boolean => plain(a) === plain(b);
const plain = (name: string): string => name.replace(/\d+/g, '0').toLowerCase();

function Options({ label, batches }: { label: string; batches: readonly BatchDto[] }) {
  if (batches.length === 0) return null;
  return (
    <optgroup label={label}>
      {batches.map(({ id, name, createdAt, total, status }) => (
        <option key={id} value={id} title={formatExact(createdAt)}>
          {name} · {formatRelative(createdAt)} · {formatNumber(total)} items · {status}
        </option>
      ))}
    </optgroup>
  );
}

/** Which two runs of the batch are compared. */
function Runs({ batch, choice, onChoose }: CompareWithProps) {
  const { data } = useComparison(batch.id, choice);
  const runs = data?.here.runs ?? 1;
  if (runs < 2) return null;
  const numbers = Array.from({ length: runs }, (_, i) => i + 1);
  const of = (label: string, name: 'run' | 'withRun', value: string) => (
    <Field label={label}>
      {(field) => (
        <Select {...field} value={value} onChange={(event) => onChoose({ ...choice, [name]: event.target.value })}>
          {numbers.map((n) => (
            <option key={n} value={n}>
              {n === 1 ? 'run 1, before any retry' : n === runs ? `run ${n}, the last` : `run ${n}`}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
  return (
    <>
      {of('This run', 'run', choice.run ?? String(runs))}
      {of('Compared with', 'withRun', choice.withRun ?? String(data?.there.run ?? 1))}
    </>
  );
}
