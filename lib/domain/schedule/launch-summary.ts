import type { NotifyTarget } from '@/lib/contracts/channel';
import type { ItemSource } from '@/lib/contracts/choices';
import type { FlowNodeBody } from '@/lib/contracts/flow';
import type { LaunchSummary } from '@/lib/contracts/schedule';
import type { BatchLaunch, LaunchKind, ScheduledLaunch } from '@/lib/contracts/scheduled-launch';
import { withoutSecrets } from '@/lib/domain/notification/event/kept-secrets';
import type { Door } from '@/lib/domain/redaction/door';

/** What is stored about a launch beside it, so that lists do not read its items. */
export type StoredSummary = Pick<LaunchSummary, 'name' | 'count' | 'fileId'> & {
  /** absent in rows from before tables had other sources than files */
  from?: ItemSource | null;
};

/** Returns what a schedule launches, without its contents. */
export const summaryOf = ({ batch, job, flow }: ScheduledLaunch): StoredSummary => ({
  name: batch?.name ?? job?.name ?? flow?.name ?? null,
  count: batch ? (batch.items?.length ?? null) : flow ? nodesOf(flow).length : 1,
  from: batch ? sourceOf(batch) : null,
  fileId: batch?.fileId ?? null,
});

const sourceOf = ({ fileId, url, query }: BatchLaunch): ItemSource =>
  fileId !== undefined ? 'file' : url !== undefined ? 'url' : query !== undefined ? 'query' : 'items';

/** Returns where the items of a batch come from; null for jobs and flows. */
export const itemSource = (kind: LaunchKind, { from, fileId }: StoredSummary): ItemSource | null =>
  from ?? (kind !== 'batch' ? null : fileId === null ? 'items' : 'file');

/** Returns whom a launch tells. */
export const notifyOf = ({ batch, job, notify }: ScheduledLaunch): NotifyTarget[] | undefined =>
  batch?.notify ?? job?.notify ?? notify;

/** Returns a launch as it is stored, shown and exported: the secrets of its receivers are kept apart. */
export function withoutNotifySecrets(launch: ScheduledLaunch): ScheduledLaunch {
  const { batch, job, notify } = launch;
  const told = notifyOf(launch);
  if (told === undefined) return launch;
  const shown = withoutSecrets(told);
  return {
    ...launch,
    ...(batch ? { batch: { ...batch, notify: shown } } : {}),
    ...(job ? { job: { ...job, notify: shown } } : {}),
    ...(notify ? { notify: shown } : {}),
  };
}

/** Returns a node and everything below it. */
function nodesOf(root: FlowNodeBody): FlowNodeBody[] {
  const found = [root];
  for (const node of found) found.push(...(node.children ?? []));
  return found;
}

/** Returns what a schedule launches as the caller sees it; undefined where contents of jobs are hidden. */
export async function launchAt(door: Door, launch: ScheduledLaunch): Promise<ScheduledLaunch | undefined> {
  if (door.level === 'full') return launch;
  if (door.level === 'hidden') return undefined;
  const { batch, job, flow, notify } = launch;
  if (batch) {
    const items = batch.items && (await Promise.all(batch.items.map((item) => door.whole(item, 'data'))));
    return {
      batch: {
        ...batch,
        name: door.label(batch.name),
        ...(await metadataAt(door, batch)),
        ...(items ? { items } : {}),
        // A query names values of inputs, and an address may hold a token.
        ...(batch.query === undefined ? {} : { query: door.label(batch.query) }),
        ...(batch.url === undefined ? {} : { url: door.label(batch.url) }),
      },
    };
  }
  if (job) {
    const { name, description } = job;
    return {
      job: {
        ...job,
        ...(name === undefined ? {} : { name: door.label(name) }),
        ...(description === undefined ? {} : { description: door.label(description) }),
        ...(await metadataAt(door, job)),
        data: (await door.whole(job.data, 'data')) ?? null,
      },
    };
  }
  return flow ? { flow: await nodeAt(door, flow), ...(notify ? { notify } : {}) } : {};
}

async function metadataAt(door: Door, { metadata }: { metadata?: Record<string, unknown> | undefined }) {
  if (metadata === undefined) return {};
  return { metadata: (await door.whole(metadata, 'metadata')) as Record<string, unknown> };
}

async function nodeAt(door: Door, node: FlowNodeBody): Promise<FlowNodeBody> {
  const { data, children, name } = node;
  return {
    ...node,
    name: door.label(name),
    ...(data === undefined ? {} : { data: await door.whole(data, 'data') }),
    ...(children ? { children: await Promise.all(children.map((child) => nodeAt(door, child))) } : {}),
  };
}
