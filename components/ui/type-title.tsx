'use client';

import { useJobTypes } from '@/lib/client/queries/use-job-types';

/** What people call a job type; its name in code is the tooltip, and stands there until the titles have come. */
export function TypeTitle({ type }: { type: string }) {
  const { data: types = [] } = useJobTypes();
  const title = types.find((known) => known.type === type)?.title ?? (type === 'import' ? 'Table import' : undefined);
  return title ? <span title={type}>{title}</span> : type;
}
