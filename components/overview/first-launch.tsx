'use client';

import { ArrowRight, FlaskConical } from 'lucide-react';
import { roleReason } from '@/components/shared/gating';
import { hasSample } from '@/components/shared/samples';
import { jobTypeIcon } from '@/components/ui/job-type-icon';
import { Link } from '@/components/ui/link';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState } from '@/components/ui/states';
import { useLaunchableTypes } from '@/lib/client/queries/jobs';
import { useViewer } from '@/lib/client/queries/system';
import type { JobTypeDto } from '@/lib/contracts/job-type';

const EXPECTED = Array.from({ length: 10 }, (_, i) => i);

function TypeLink({ type }: { type: JobTypeDto }) {
  const Icon = jobTypeIcon(type);
  const href = `/batches/new?type=${encodeURIComponent(type.type)}`;
  return (
    <li className="group relative flex h-full gap-3 rounded-md border p-3 hover:border-control-line hover:bg-hover">
      <Icon className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden="true" />
      <span className="min-w-0 flex-1">
        <Link href={href} className="block rounded-sm font-medium after:absolute after:inset-0">
          {type.title}
        </Link>
        <span className="mt-0.5 block text-muted text-xs">{type.description}</span>
        {hasSample(type) ? (
          <Link
            href={`${href}&sample`}
            aria-label={`Try a sample of ${type.title}`}
            className="relative z-10 mt-1.5 inline-flex min-h-6 items-center gap-1 rounded-sm text-accent text-xs hover:underline"
          >
            <FlaskConical className="size-3.5" aria-hidden="true" /> Try a sample
          </Link>
        ) : null}
      </span>
      <ArrowRight className="mt-0.5 size-4 shrink-0 text-faint group-hover:text-accent" aria-hidden="true" />
    </li>
  );
}

/** The empty state before the first launch: links to what can be launched. */
export function FirstLaunch() {
  const { data: types } = useLaunchableTypes();
  const { data: viewer } = useViewer();
  const refused = roleReason(viewer, 'batch.launch');
  if (refused !== null) return <EmptyState title="Nothing was launched yet">{refused}.</EmptyState>;
  return (
    <section className="rounded-md border bg-surface p-4 sm:p-6">
      <h2 className="font-semibold text-lg tracking-tight">Launch the first batch</h2>
      <p className="mt-1 max-w-xl text-muted text-sm">
        A batch runs one job type on many items. Choose a job type, then add items as files or rows. A sample shows how
        it works.
      </p>
      <ul className="mt-4 grid gap-2 sm:grid-cols-2">
        {types
          ? types.map((type) => <TypeLink key={type.type} type={type} />)
          : EXPECTED.map((i) => (
              <li key={i} className="rounded-md border p-3 pl-10">
                <Skeleton className="my-1 w-32" />
                <Skeleton className="my-1.5 h-2.5" />
                <Skeleton className="my-1.5 h-2.5 w-2/3" />
              </li>
            ))}
      </ul>
    </section>
  );
}
