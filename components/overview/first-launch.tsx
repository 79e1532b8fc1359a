'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { roleReason } from '@/components/shared/gating';
import { jobTypeIcon } from '@/components/ui/job-type-icon';
import { Skeleton } from '@/components/ui/skeleton';
import { EmptyState } from '@/components/ui/states';
import { useLaunchableTypes } from '@/lib/client/queries/jobs';
import { useViewer } from '@/lib/client/queries/system';
import type { JobTypeDto } from '@/lib/contracts/job-type';

const EXPECTED = Array.from({ length: 10 }, (_, i) => i);

function TypeLink({ type }: { type: JobTypeDto }) {
  const Icon = jobTypeIcon(type);
  return (
    <li>
      <Link
        href={`/batches/new?type=${encodeURIComponent(type.type)}`}
        className="group flex h-full gap-3 rounded-md border p-3 hover:border-control-line hover:bg-hover"
      >
        <Icon className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden="true" />
        <span className="min-w-0 flex-1">
          <span className="block font-medium">{type.title}</span>
          <span className="mt-0.5 block text-muted text-xs">{type.description}</span>
        </span>
        <ArrowRight className="mt-0.5 size-4 shrink-0 text-faint group-hover:text-accent" aria-hidden="true" />
      </Link>
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
        A batch runs one job type on many items. Choose a job type, then add items as files or rows.
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
