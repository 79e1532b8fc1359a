import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import {
  LAUNCH_KINDS,
  type LaunchKind,
  MAX_LAUNCH_BYTES,
  type ScheduledLaunch,
} from '@/lib/contracts/scheduled-launch';
import { checkItems } from '@/lib/domain/batch/check-items';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { findFile } from '@/lib/domain/file/find-file';
import { planFlows } from '@/lib/domain/flow/plan-flows';
import { parseData } from '@/lib/domain/job/parse-data';
import { requireJobType } from '@/lib/domain/job-type/require-job-type';
import { checkMetadata } from '@/lib/domain/metadata';
import { requireTargets } from '@/lib/domain/notification/event/targets';
import { requireAllowedTypes } from '@/lib/domain/organization/limits/allowed-types';
import type { JobType } from '@/lib/job-types/catalogue';
import { numbered, requireItemsUrl } from './items/open-items';
import { requireItemsQuery } from './items/query-items';
import { notifyOf } from './launch-summary';

/** What a schedule launches, after it was checked. */
export interface CheckedLaunch {
  kind: LaunchKind;
  types: JobType[];
}

/**
 * Checks what a schedule is to launch as the launch itself would, so that a fault is found now and not at night.
 * @throws DomainError those of the launch, `payload-too-large`, `not-found` for a file, `invalid-query`,
 *   `forbidden`
 */
export async function checkLaunch(context: Context, launch: ScheduledLaunch): Promise<CheckedLaunch> {
  const kind = must(
    LAUNCH_KINDS.find((each) => launch[each] !== undefined),
    'What the schedule launches',
  );
  requirePermission(context, `${kind}.launch`);
  if (Buffer.byteLength(stringifyJson(launch)) > MAX_LAUNCH_BYTES) {
    throw new DomainError(
      'payload-too-large',
      `What a schedule launches may have at most ${MAX_LAUNCH_BYTES} bytes as JSON. Store the items as a file and give fileId.`,
    );
  }
  await requireTargets(context, notifyOf(launch));
  const types = await typesOf(context, launch);
  await requireAllowedTypes(context, types);
  return { kind, types };
}

async function typesOf(context: Context, { batch, job, flow }: ScheduledLaunch): Promise<JobType[]> {
  if (batch) {
    const type = requireJobType(batch.type);
    checkMetadata(batch.metadata);
    if (batch.fileId !== undefined) await findFile(context, batch.fileId);
    if (batch.url !== undefined) await requireItemsUrl(batch.url, 'launch.batch.url');
    if (batch.query !== undefined) await requireItemsQuery(context, batch.query);
    for await (const _ of checkItems(type, numbered(batch.items ?? [])));
    return [type];
  }
  if (job) {
    const type = requireJobType(job.type);
    checkMetadata(job.metadata);
    parseData(type, job.data);
    return [type];
  }
  const planned = flow ? await planFlows([flow], [['launch', 'flow']]) : [];
  return [...new Set(planned.flatMap(({ types }) => types))];
}
