'use client';

import type { ReactNode } from 'react';
import { FactList } from '@/components/ui/fact-list';
import { formatCount } from '@/components/ui/format';
import { Link } from '@/components/ui/link';
import { Panel } from '@/components/ui/panel';
import { TypeTitle } from '@/components/ui/type-title';
import { links } from '@/lib/client/links';
import type { ScheduleDto } from '@/lib/contracts/schedule';
import type { BatchLaunch, ScheduledLaunch } from '@/lib/contracts/scheduled-launch';
import { CATCH_UP_WORDS, OVERLAP_WORDS } from './policy-words';
import { formatInZone } from './zone-time';

/** What a schedule launches, and its rules. */
export function ScheduleFacts({ schedule }: { schedule: ScheduleDto }) {
  const { launches, timeZone, startAt, endAt, exclude } = schedule;
  const { batch } = (schedule.launch ?? {}) as ScheduledLaunch;
  const facts: [name: string, value: ReactNode][] = [
    ['Launches', <Launches key="launches" launches={launches} />],
    ...itemFacts(launches, batch),
    ['Overlap', OVERLAP_WORDS[schedule.overlap]],
    ['Missed', CATCH_UP_WORDS[schedule.catchUp]],
  ];
  if (schedule.jitterSeconds > 0) facts.push(['Jitter', `up to ${formatCount(schedule.jitterSeconds, 'second')}`]);
  if (schedule.pauseAfterFailures !== null) {
    facts.push(['Pauses', `after ${formatCount(schedule.pauseAfterFailures, 'failure')} in a row`]);
  }
  if (startAt) facts.push(['Not before', formatInZone(startAt, timeZone)]);
  if (endAt) facts.push(['Not after', formatInZone(endAt, timeZone)]);
  if (exclude.length > 0) {
    facts.push(['Not on', exclude.map(({ from, to }) => (from === to ? from : `${from} to ${to}`)).join(', ')]);
  }
  return (
    <Panel title="What and how">
      <FactList facts={facts} />
    </Panel>
  );
}

/** Where each firing gets its items from. A query and an address are shown only to who may see contents. */
function itemFacts({ from }: ScheduleDto['launches'], batch: BatchLaunch | undefined): [string, ReactNode][] {
  if (from === 'url') return [['Items', batch?.url ?? 'from an address, which is not shown to you']];
  if (from !== 'query') return [];
  if (batch?.query === undefined) return [['Items', 'the jobs that a query finds, which is not shown to you']];
  return [
    [
      'Items',
      <Link
        key="query"
        href={links.jobs(batch.query)}
        className="font-mono text-accent text-xs underline-offset-2 hover:underline"
      >
        {batch.query}
      </Link>,
    ],
  ];
}

function Launches({ launches: { kind, types, name, count, fileId } }: Pick<ScheduleDto, 'launches'>) {
  const what = {
    batch: count === null ? 'a batch' : `a batch of ${formatCount(count, 'item')}`,
    job: 'a job',
    flow: `a flow of ${formatCount(count ?? 0, 'job')}`,
  };
  return (
    <>
      {what[kind]}
      {name ? ` “${name}”` : ''}
      {fileId ? (
        <>
          {' from '}
          <a href={links.file(fileId)} download className="text-accent underline-offset-2 hover:underline">
            a file
          </a>
        </>
      ) : null}
      {types.map((type) => (
        <span key={type} className="text-muted">
          {' · '}
          <TypeTitle type={type} />
        </span>
      ))}
    </>
  );
}
