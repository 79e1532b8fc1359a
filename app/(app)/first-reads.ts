import type { z } from 'zod';
import { itemFilters, itemsOfAddress } from '@/components/batch/item-address';
import { queryOfAddress } from '@/components/query/address-query';
import { type BatchFilters, keys } from '@/lib/client/keys';
import { PAGE_SIZES } from '@/lib/client/page-sizes';
import { listBatchesQuery } from '@/lib/contracts/batch';
import { listFlowsQuery } from '@/lib/contracts/flow';
import { historyQuery } from '@/lib/contracts/history';
import { HISTORY_DEFAULT_MS } from '@/lib/contracts/history-steps';
import { listBatchJobsQuery, listJobsQuery } from '@/lib/contracts/job-queries';
import { listViewsQuery } from '@/lib/contracts/view';
import { listAttention } from '@/lib/domain/attention/list-attention';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import { listBatches } from '@/lib/domain/batch/list-batches';
import { listFailureGroups } from '@/lib/domain/batch/list-failure-groups';
import { getCapacity } from '@/lib/domain/capacity/get-capacity';
import { seeDeadLetterCount } from '@/lib/domain/dead-letter/count-dead-letters';
import type { FirstRead } from '@/lib/domain/first-data/read-first';
import { listFlows } from '@/lib/domain/flow/list-flows';
import { readHistory } from '@/lib/domain/history/read-history';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { listAllowedTypes } from '@/lib/domain/job-type/list-job-types';
import { validate } from '@/lib/domain/validate';
import { listViews } from '@/lib/domain/view/list-views';

/** What the route makes of the parameters of its address. */
const asked = <T extends z.ZodType>(schema: T, query: object): z.output<T> => validate(schema, query, 'The query');

const batches = (filters: BatchFilters, limit: number): FirstRead => ({
  key: keys.batches.list(filters, limit),
  read: (context) =>
    listBatches(context, asked(listBatchesQuery, { ...filters, status: filters.status?.join(), limit })),
  paged: true,
});

const history = (step: 'minute' | 'hour'): FirstRead => ({
  key: keys.history({ step, span: { lastMs: HISTORY_DEFAULT_MS[step] } }),
  read: (context) => readHistory(context, asked(historyQuery, { step })),
});

/** What the frame around every page shows. */
export const OF_SHELL: readonly FirstRead[] = [
  { key: keys.capacity, read: getCapacity },
  { key: keys.attention, read: listAttention },
  { key: keys.deadLetters.count, read: async (context) => (await seeDeadLetterCount(context)).count },
  { key: keys.views.list, read: (context) => listViews(context, asked(listViewsQuery, {})) },
  { key: keys.jobTypes, read: async (context) => ({ jobTypes: await listAllowedTypes(context) }) },
];

export const OF_OVERVIEW: readonly FirstRead[] = [
  batches({}, 20),
  batches({ status: ['in-progress'] }, 20),
  batches({ status: ['pending'] }, 20),
  history('minute'),
  history('hour'),
];

/** What parameters an address has: as `URLSearchParams`, and as pages get them. */
export type Address = Promise<Record<string, string | string[] | undefined>>;

const getter = async (address: Address): Promise<(name: string) => string | null> => {
  const params = await address;
  return (name) => [params[name]].flat()[0] ?? null;
};

async function filtersOf(address: Address, kind: 'batches' | 'jobs' | 'flows'): Promise<{ query?: string }> {
  const query = queryOfAddress(await getter(address), kind);
  return query === '' ? {} : { query };
}

export const ofBatches = async (address: Address): Promise<FirstRead[]> => [
  batches(await filtersOf(address, 'batches'), PAGE_SIZES.batches),
];

export async function ofJobs(address: Address): Promise<FirstRead[]> {
  const filters = await filtersOf(address, 'jobs');
  return [
    {
      key: keys.jobs.list(filters, PAGE_SIZES.jobs),
      read: (context) => listJobs(context, asked(listJobsQuery, { ...filters, limit: PAGE_SIZES.jobs })),
      paged: true,
    },
    // Their names.
    batches({}, PAGE_SIZES.batches),
  ];
}

export async function ofFlows(address: Address): Promise<FirstRead[]> {
  const filters = await filtersOf(address, 'flows');
  return [
    {
      key: keys.flows.list(filters, PAGE_SIZES.flows),
      read: (context) => listFlows(context, asked(listFlowsQuery, { ...filters, limit: PAGE_SIZES.flows })),
      paged: true,
    },
  ];
}

export async function ofBatch(id: string, address: Address): Promise<FirstRead[]> {
  const filters = itemFilters(itemsOfAddress(await getter(address)));
  const query = {
    ...filters,
    status: filters.status?.join(),
    warned: filters.warned && 'true',
    limit: PAGE_SIZES.items,
  };
  return [
    { key: keys.batches.detail(id), read: (context) => getBatch(context, id) },
    {
      key: keys.batches.jobs(id, filters),
      read: (context) => listBatchJobs(context, id, asked(listBatchJobsQuery, query)),
      paged: true,
    },
    { key: keys.batches.failures(id), read: (context) => listFailureGroups(context, id) },
  ];
}
