'use client';

import { useJobTypes } from '@/lib/client/queries/jobs';
import { INTERNAL_TITLES } from '@/lib/contracts/internal-types';

const INTERNAL: ReadonlyMap<string, string> = new Map(Object.entries(INTERNAL_TITLES));

/** The title of a job type, with its name in code as the tooltip. Shows the name until the titles are loaded. */
export function TypeTitle({ type }: { type: string }) {
  const { data: types = [] } = useJobTypes();
  const title = types.find((known) => known.type === type)?.title ?? INTERNAL.get(type);
  return title ? <span title={type}>{title}</span> : type;
}
