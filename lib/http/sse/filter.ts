import { DomainError } from '@/lib/domain/errors';

/** Selects the rows of a stream. Without ids, the stream covers the whole organization. */
export interface Filter {
  batchIds: ReadonlySet<string>;
  jobIds: ReadonlySet<string>;
  flowIds: ReadonlySet<string>;
}

const MAX_IDS = 200;
const MAX_ID_LENGTH = 64;

/** @throws DomainError `invalid-request` */
export function filterOf(request: Request): Filter {
  const { searchParams } = new URL(request.url);
  for (const name of new Set(searchParams.keys())) {
    if (name !== 'batchId' && name !== 'jobId' && name !== 'flowId') throw refused(name, 'is not a known parameter');
  }
  return {
    batchIds: ids(searchParams, 'batchId'),
    jobIds: ids(searchParams, 'jobId'),
    flowIds: ids(searchParams, 'flowId'),
  };
}

function ids(params: URLSearchParams, name: string): Set<string> {
  const given = params.getAll(name);
  if (given.length > MAX_IDS) throw refused(name, `may be given at most ${MAX_IDS} times`);
  if (given.some((id) => id === '' || id.length > MAX_ID_LENGTH)) throw refused(name, 'is not an id');
  return new Set(given.map((id) => id.toLowerCase()));
}

const refused = (path: string, message: string) =>
  new DomainError('invalid-request', `The parameter ${path} ${message}.`, { errors: [{ path, message }] });

/** Returns a key that is equal for equivalent filters. */
export const filterKey = ({ batchIds, jobIds, flowIds }: Filter): string =>
  [batchIds, jobIds, flowIds].map((ids) => [...ids].sort().join(' ')).join('\n');

export const isUnfiltered = (filter: Filter): boolean =>
  filter.batchIds.size + filter.jobIds.size + filter.flowIds.size === 0;

export const wantsBatch = (filter: Filter, batchId: string): boolean =>
  isUnfiltered(filter) || filter.batchIds.has(batchId);

export const wantsFlow = (filter: Filter, flowId: string): boolean =>
  isUnfiltered(filter) || filter.flowIds.has(flowId);

/** @param groupId the job's batch or flow */
export const wantsJob = (filter: Filter, jobId: string, groupId: string | null): boolean =>
  isUnfiltered(filter) ||
  filter.jobIds.has(jobId) ||
  (groupId !== null && (filter.batchIds.has(groupId) || filter.flowIds.has(groupId)));
