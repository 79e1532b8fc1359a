'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { useJobTypes } from '@/lib/client/queries/use-job-types';

/** Nothing was ever launched: what can be, one step from doing it. */
export function FirstLaunch() {
  const { data: types = [] } = useJobTypes();
  return (
    <section className="rounded-md border bg-surface p-4 sm:p-6">
      <h2 className="font-semibold text-lg tracking-tight">Launch the first batch</h2>
      <p className="mt-1 max-w-xl text-muted text-sm">
        A batch is many items and one thing to do with each. Pick what to do; the items come next, as files or as rows.
      </p>
      <ul className="mt-4 grid gap-2 sm:grid-cols-2">
        {types.map(({ type, title, description }) => (
          <li key={type}>
            <Link
              href={`/batches/new?type=${encodeURIComponent(type)}`}
              className="group flex h-full gap-3 rounded-md border p-3 hover:border-control-line hover:bg-hover"
            >
              <span className="min-w-0 flex-1">
                <span className="block font-medium">{title}</span>
                <span className="mt-0.5 block text-muted text-xs">{description}</span>
              </span>
              <ArrowRight className="mt-0.5 size-4 shrink-0 text-faint group-hover:text-accent" aria-hidden="true" />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
