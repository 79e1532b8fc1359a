import { z } from 'zod';
import { type NotifyTarget, notifySchema } from './channel';
import { count, nextCursor, queryText, time } from './fields';
import { backoffSchema, jobSummaryDto, longList, MAX_ATTEMPTS, MAX_DELAY_MS, prioritySchema, searchedDto } from './job';
import { idCursor } from './job-queries';
import { FLOW_STATUSES, JOB_STATUSES } from './status';
import { name, text } from './text';

/** Policies for the parent of a child that failed or was cancelled. */
export const FLOW_POLICIES = ['fail-parent', 'ignore', 'continue-parent', 'remove'] as const;
export type FlowPolicy = (typeof FLOW_POLICIES)[number];

/** Maximum number of levels from the root to the deepest leaf. */
export const MAX_FLOW_LEVELS = 100;
/** Maximum number of nodes in one request, over all of its flows. */
export const MAX_FLOW_NODES = 20_000;

const nodeOptions = z.strictObject({
  priority: prioritySchema.optional(),
  attempts: z.int().min(1).max(MAX_ATTEMPTS).optional(),
  backoff: backoffSchema.optional(),
  delay: z.int().min(0).max(MAX_DELAY_MS).optional().describe('milliseconds; of a parent, after its last child'),
  onFailure: z
    .enum(FLOW_POLICIES)
    .optional()
    .describe(
      'when this node fails or is cancelled: fail its parent at once (fail-parent, the default); let the parent ' +
        'wait for the others and read the failure (ignore); start the parent at once (continue-parent); forget ' +
        'that the parent waited for it (remove)',
    ),
});
export type FlowNodeOptions = z.infer<typeof nodeOptions>;

/** A node and the children that it waits for. */
export const flowNodeBody = z
  .strictObject({
    name: name(200),
    type: z.string().min(1).max(100),
    data: z.unknown().optional(),
    opts: nodeOptions.optional(),
    get children(): z.ZodOptional<z.ZodArray<typeof flowNodeBody>> {
      return z.array(flowNodeBody).max(MAX_FLOW_NODES).optional();
    },
  })
  .meta({ id: 'FlowInput' });
export interface FlowNodeBody {
  name: string;
  type: string;
  /** the input for the node's job type; `{}` when absent */
  data?: unknown;
  opts?: FlowNodeOptions;
  children?: FlowNodeBody[];
}

/** A node whose children are validated later, one by one, because there can be thousands. */
export const flowNodeAlone = flowNodeBody.omit({ children: true }).extend({ children: longList.optional() });

export const createFlowsBody = z
  .strictObject({
    flow: flowNodeBody.optional(),
    flows: z.array(flowNodeBody).min(1).max(1000).optional(),
    correlationId: text(200).min(1).optional().describe('carried by every node; by default each tree has its own'),
    notify: notifySchema.optional(),
  })
  .refine((b) => (b.flow === undefined) !== (b.flows === undefined), 'give flow or flows');
/** The same body, with nodes that are validated later, one by one. */
export const createFlowsHead = z
  .strictObject({
    flow: z.custom<FlowNodeBody>((v) => v !== undefined, 'is required').optional(),
    flows: longList
      .refine((flows) => flows.length >= 1 && flows.length <= 1000, 'must have 1 to 1,000 items')
      .optional(),
    correlationId: text(200).min(1).optional(),
    notify: notifySchema.optional(),
  })
  .refine((b) => (b.flow === undefined) !== (b.flows === undefined), 'give flow or flows');
export interface CreateFlowsBody {
  flow?: FlowNodeBody;
  flows?: FlowNodeBody[];
  correlationId?: string;
  notify?: NotifyTarget[] | undefined;
}

/** 201 for new trees; 200 if the idempotency key was used before. */
export const createFlowsResult = z
  .object({
    flowIds: z.array(z.string()).describe('one for each tree, in order: the id of the job of its root'),
    jobIds: z.array(z.string()).describe('of every node, tree after tree, parents before their children'),
  })
  .meta({ id: 'CreateFlowsResult' });
export type CreateFlowsResult = z.infer<typeof createFlowsResult>;

const flowCounts = z
  .object({
    pending: count,
    delayed: count,
    'waiting-children': count,
    active: count,
    completed: count,
    failed: count,
    cancelled: count,
  })
  .meta({ id: 'FlowCounts', description: 'Nodes by status.' });
export type FlowCounts = z.infer<typeof flowCounts>;

/** A flow without its nodes, for lists and for the header of its page. */
export const flowSummaryDto = z
  .object({
    id: z.string().describe('also the id of the job of its root'),
    name: z.string(),
    type: z.string().describe('of the root'),
    status: z.enum(FLOW_STATUSES),
    total: count.describe('nodes'),
    counts: flowCounts.describe('one snapshot: adds up to `total`'),
    progress: z.number().min(0).max(100).describe('percent of the nodes that ended; 100 only when all have'),
    levels: count.describe('nodes from the root to the deepest leaf, both counted'),
    types: z.array(z.string()).describe('job types of its nodes, sorted'),
    correlationId: z.string(),
    cancelMode: z.enum(['graceful', 'force']).nullable(),
    createdBy: z.string().nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  })
  .meta({ id: 'FlowSummary' });
export type FlowSummaryDto = z.infer<typeof flowSummaryDto>;

const flowJobDto = jobSummaryDto
  .extend({
    data: z
      .unknown()
      .exactOptional()
      .describe('the input if it is small (2 kB in a small tree, less in a large one), else null'),
    result: z.unknown().exactOptional().describe('the same of the result'),
  })
  .meta({ id: 'FlowJob', description: 'A job in a tree. `GET /api/jobs/{id}` has its values whatever their size.' });
export type FlowJobDto = z.infer<typeof flowJobDto>;

const flowNodeDto = z
  .object({
    job: flowJobDto,
    onFailure: z.enum(FLOW_POLICIES),
    depth: count.describe('0 for the root'),
    index: count.describe('place among its siblings, from 0'),
    childCount: count,
    childCounts: flowCounts.describe('its direct children: adds up to `childCount`'),
    get children(): z.ZodArray<typeof flowNodeDto> {
      return z.array(flowNodeDto).meta({ id: 'FlowNodes', description: 'in order, as many as were asked for' });
    },
    nextCursor: z
      .string()
      .nullable()
      .describe('more children: continue with `GET /api/flows/{id}/nodes?parent=<job.id>&cursor=<nextCursor>`'),
  })
  .meta({ id: 'FlowNode' });
export type FlowNodeDto = z.infer<typeof flowNodeDto>;

export const flowDto = flowSummaryDto
  .extend(flowNodeDto.shape)
  .meta({ id: 'Flow', description: 'The summary, and the root with the nodes below it.' });
export type FlowDto = z.infer<typeof flowDto>;

export const flowAnswer = z.object({ flow: flowDto });
export type FlowAnswer = z.infer<typeof flowAnswer>;
export const flowSummaryAnswer = z.object({ flow: flowSummaryDto });
export type FlowSummaryAnswer = z.infer<typeof flowSummaryAnswer>;
export const flowList = z.object({
  flows: z.array(flowSummaryDto),
  nextCursor,
  searched: searchedDto.exactOptional().describe('only with `query`: how many flows were searched'),
});
export type FlowList = z.infer<typeof flowList>;

export const listFlowsQuery = z.strictObject({
  status: z
    .string()
    .transform((s) => s.split(',').filter(Boolean))
    .pipe(z.array(z.enum(FLOW_STATUSES)))
    .optional(),
  q: z.string().max(200).optional().describe('part of the name, or the id of a flow or of a node'),
  query: queryText.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: idCursor.optional(),
});
export type ListFlowsQuery = z.infer<typeof listFlowsQuery>;

/** Maximum number of nodes in one response. `nextCursor` marks where nodes were omitted. */
export const MAX_TREE_NODES = 5000;

export const flowTreeQuery = z.strictObject({
  depth: z.coerce.number().int().min(0).max(MAX_FLOW_LEVELS).default(MAX_FLOW_LEVELS).describe('levels below the root'),
  children: z.coerce.number().int().min(0).max(MAX_TREE_NODES).default(1000).describe('children given for each node'),
  values: z.stringbool().default(true).describe('false leaves out data and result of the jobs'),
});
export type FlowTreeQuery = z.infer<typeof flowTreeQuery>;

/** The children of one node in order, without their descendants. */
export const flowNodesQuery = z.strictObject({
  parent: z.uuid().optional().describe('id of the parent’s job; the root by default'),
  status: z
    .string()
    .transform((s) => s.split(',').filter(Boolean))
    .pipe(z.array(z.enum(JOB_STATUSES)))
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.coerce.number().int().min(0).max(MAX_FLOW_NODES).optional(),
});
export type FlowNodesQuery = z.infer<typeof flowNodesQuery>;

export const flowNodesPage = z.object({
  nodes: z.array(flowNodeDto),
  counts: flowCounts.describe('of all children of the parent, whatever the filter'),
  nextCursor,
});
export type FlowNodesPage = z.infer<typeof flowNodesPage>;

/** Retries failed nodes, and nodes that failed, were cancelled or skipped because of them. Completed nodes stay. */
export const retryFlowBody = z.strictObject({
  only: z.enum(['failed', 'cancelled', 'all']).default('all').describe('which nodes run again'),
});

/** `POST /api/flows/:id/retry` */
export const retryFlowResult = z.object({ flow: flowSummaryDto, retried: count.describe('nodes that run again') });
export type RetryFlowResult = z.infer<typeof retryFlowResult>;
