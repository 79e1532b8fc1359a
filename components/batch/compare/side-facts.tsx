import { formatCount, formatDuration, formatNumber } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import { batchLook } from '@/components/ui/status';
import { StatusBadge, StatusMark } from '@/components/ui/status-mark';
import { Time } from '@/components/ui/time';
import { links } from '@/lib/client/links';
import { COMPARED_STATES } from '@/lib/contracts/choices';
import type { ComparedSide } from '@/lib/contracts/compare';

/** One side of a comparison: which batch, how its items ended, and how long it took. */
export function SideFacts({ title, side }: { title: string; side: ComparedSide }) {
  const { batch, run, runs, states, elapsedMs, codeVersions } = side;
  const { mark, word } = batchLook(batch);
  return (
    <Panel title={title} actions={<StatusBadge status={mark} word={word} />}>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <Link href={links.batch(batch.id)} className="font-medium text-accent [overflow-wrap:anywhere] hover:underline">
          {batch.name}
        </Link>
        <span className="text-muted text-xs">
          {run === null ? (runs > 1 ? `after ${runs} runs · ` : '') : `run ${run} of ${runs} · `}
          <Time at={batch.createdAt} />
        </span>
      </p>
      <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {COMPARED_STATES.map((state) =>
          states[state] === 0 ? null : (
            <li key={state} className="flex items-center gap-1.5">
              <StatusMark status={state === 'open' ? 'pending' : state} still />
              {formatNumber(states[state])} {state}
            </li>
          ),
        )}
        {elapsedMs === null ? null : <li className="text-muted">took {formatDuration(elapsedMs)}</li>}
      </ul>
      {codeVersions.length === 0 ? null : (
        <p className="mt-2 text-muted text-xs">
          Code{' '}
          {codeVersions.map(({ version, items }, i) => (
            <span key={version ?? ''}>
              {i > 0 ? ', ' : ''}
              <code className="font-mono text-ink">{version ?? 'not known'}</code>
              {codeVersions.length > 1 ? ` (${formatCount(items, 'item')})` : ''}
            </span>
          ))}
        </p>
      )}
    </Panel>
  );
}
