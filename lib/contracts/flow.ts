import { z } from 'zod';
import {
  backoffSchema,
  idCursor,
  type JobSummaryDto,
  longList,
  MAX_ATTEMPTS,
  MAX_DELAY_MS,
  prioritySchema,
} from './job';
import { JOB_STATUSES, type JobStatus } from './status';
import { text } from './text';

/** What the end of a child that failed or was cancelled means for its parent. */
export const FLOW_POLICIES = ['fail-parent', 'ignore', 'continue-parent', 'remove'] as const;
export type FlowPolicy = (typeof FLOW_POLICIES)[number];

/** A tree whose nodes have all ended has the status of its root. */
export const FLOW_STATUSES = ['pending', 'in-progress', 'completed', 'failed', 'cancelled'] as const;
export type FlowStatus = (typeof FLOW_STATUSES)[number];

/** From the root to the deepest leaf. */
export const MAX_FLOW_LEVELS = 100;
/** Nodes of one request, over all of its flows. */
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

/** A node and what it waits for. */
export const flowNodeBody = z
  .strictObject({
    name: text(200).min(1),
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
  /** the input of the node's job type; left out, it is {} */
  data?: unknown;
  opts?: FlowNodeOptions;
  children?: FlowNodeBody[];
}

/** A node whose children are looked at one by one, since there may be very many. */
export const flowNodeAlone = flowNodeBody.omit({ children: true }).extend({ children: longList.optional() });

export const createFlowsBody = z
  .strictObject({
    flow: flowNodeBody.optional(),
    flows: z.array(flowNodeBody).min(1).max(1000).optional(),
    correlationId: text(200).min(1).optional().describe('carried by every node; by default each tree has its own'),
  })
  .refine((b) => (b.flow === undefined) !== (b.flows === undefined), 'give flow or flows');
/** The same before its nodes were looked at one by one. */
export const createFlowsHead = z
  .strictObject({
    flow: z.custom<FlowNodeBody>((v) => v !== undefined, 'is required').optional(),
    flows: longList
      .refine((flows) => flows.length >= 1 && flows.length <= 1000, 'must have 1 to 1,000 items')
      .optional(),
    correlationId: text(200).min(1).optional(),
  })
  .refine((b) => (b.flow === undefined) !== (b.flows === undefined), 'give flow or flows');
export interface CreateFlowsBody {
  flow?: FlowNodeBody;
  flows?: FlowNodeBody[];
  correlationId?: string;
}

/** 201 for new trees; 200 where the idempotency key is known. */
export interface CreateFlowsResult {
  /** one for each tree, in order: the id of its root's job */
  flowIds: string[];
  /** every node's, tree after tree, parents before their children */
  jobIds: string[];
}

export type FlowCounts = Record<JobStatus, number>;

/** A flow without its nodes: a row of the list, and the head of its page. */
export interface FlowSummaryDto {
  /** also the id of its root's job */
  id: string;
  name: string;
  /** of the root */
  type: string;
  status: FlowStatus;
  /** nodes */
  total: number;
  /** nodes by status: one snapshot, adds up to `total` */
  counts: FlowCounts;
  /** 0–100: nodes that have ended; 100 only when all have */
  progress: number;
  /** nodes from the root to the deepest leaf, both counted */
  levels: number;
  /** job types of its nodes, sorted */
  types: string[];
  correlationId: string;
  cancelMode: 'graceful' | 'force' | null;
  createdBy: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** A job in a tree: `GET /api/jobs/:id` has its values whatever their size. */
export interface FlowJobDto extends JobSummaryDto {
  /** only in a tree: the input where it is small (2 kB in a small tree, less in a large one), else null */
  data?: unknown;
  /** the same of the result */
  result?: unknown;
}

export interface FlowNodeDto {
  job: FlowJobDto;
  onFailure: FlowPolicy;
  /** 0 for the root */
  depth: number;
  /** place among its siblings, from 0 */
  index: number;
  childCount: number;
  /** its direct children by status; adds up to `childCount` */
  childCounts: FlowCounts;
  /** in order, as many as were asked for */
  children: FlowNodeDto[];
  /** more children: `GET /api/flows/:id/nodes?parent=<job.id>&cursor=` goes on from here */
  nextCursor: string | null;
}

/** `GET /api/flows/:id`: the summary and the root with what is below it. */
export type FlowDto = FlowSummaryDto & FlowNodeDto;

export const listFlowsQuery = z.strictObject({
  status: z
    .string()
    .transform((s) => s.split(',').filter(Boolean))
    .pipe(z.array(z.enum(FLOW_STATUSES)))
    .optional(),
  q: z.string().max(200).optional().describe('part of the name, or the id of a flow or of a node'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: idCursor.optional(),
});
export type ListFlowsQuery = z.infer<typeof listFlowsQuery>;

/** Nodes that one answer holds at most, whatever is asked for; `nextCursor` says where something was left out. */
export const MAX_TREE_NODES = 5000;

export const flowTreeQuery = z.strictObject({
  depth: z.coerce.number().int().min(0).max(MAX_FLOW_LEVELS).default(MAX_FLOW_LEVELS).describe('levels below the root'),
  children: z.coerce.number().int().min(0).max(MAX_TREE_NODES).default(1000).describe('children given for each node'),
  values: z.stringbool().default(true).describe('false leaves out data and result of the jobs'),
});
export type FlowTreeQuery = z.infer<typeof flowTreeQuery>;

/** Children of one node, in order, without what is below them. */
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

export interface FlowNodesPage {
  nodes: FlowNodeDto[];
  /** of all children of the parent, whatever the filter */
  counts: FlowCounts;
  nextCursor: string | null;
}

/** Failed nodes run again, and what failed, was cancelled or was passed over because of them; what completed stays. */
export const retryFlowBody = z.strictObject({
  only: z.enum(['failed', 'cancelled', 'all']).default('all').describe('which nodes run again'),
});

/** `POST /api/flows/:id/retry` */
export interface RetryFlowResult {
  flow: FlowSummaryDto;
  /** nodes that run again */
  retried: number;
}

/** `flow:progress`: one server snapshot of the counts, a few times a second, the last one always. */
export interface FlowProgressEvent {
  flowId: string;
  status: FlowStatus;
  total: number;
  counts: FlowCounts;
  progress: number;
  finishedAt: string | null;
}
