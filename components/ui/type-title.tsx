'use client';

import { useJobTypes } from '@/lib/client/queries/use-job-types';

/** Of jobs that nobody launches, which the catalogue for people leaves out. */
const INTERNAL = new Map([
  ['import', 'Table import'],
  ['callback', 'Callback'],
]);

/** What people call a job type; its name in code is the tooltip, and stands there until the titles have come. */
export function TypeTitle({ type }: { type: string }) {
  const { data: types = [] } = useJobTypes();
  const title = types.find((known) => known.type === type)?.title ?? INTERNAL.get(type);
  return title ? <span title={type}>{title}</span> : type;
}
