import { z } from 'zod';
import type { FLOW_POLICIES } from '@/lib/contracts/flow';
import { backoffSchema, MAX_ATTEMPTS, prioritySchema } from '@/lib/contracts/job';
import { text } from '@/lib/contracts/text';
import { DEFAULTS, defineJobType } from './definition';
import { checkSteps } from './workflow/check';

/** The maximum number of items of a step with `forEach`. */
export const MAX_FAN_OUT = 10_000;
const MAX_STEPS = 100;

const DAY_MS = 24 * 3600 * 1000;

const expression = text(4000).min(1);

const stepSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must begin with a letter and hold letters, digits and _')
    .describe('its name in expressions'),
  type: z.string().min(1).max(100).describe('the job type that does it'),
  input: z.unknown().default({}).describe('the data of its jobs; texts may hold ${{ expressions }}'),
  when: expression.optional().describe('left out unless this expression is true'),
  forEach: expression.optional().describe('an expression that gives a list: a job for each, seen as item and index'),
  after: z
    .array(z.string().max(64))
    .max(MAX_STEPS)
    .optional()
    .describe('steps to wait for though none of their values is used'),
  onFailure: z
    .enum(['fail', 'continue'])
    .default('fail')
    .describe('continue: the workflow continues, with null for a failed step'),
  priority: prioritySchema.optional(),
  attempts: z.int().min(1).max(MAX_ATTEMPTS).optional(),
  backoff: backoffSchema.optional(),
});
export type WorkflowStep = z.output<typeof stepSchema>;

/** How a step of a workflow reacts to failures of its jobs. */
export const BEAR: (typeof FLOW_POLICIES)[number] = 'ignore';

/** A job for each order of a list, then one that sees all their results. */
const ORDERS = {
  name: 'orders of a day',
  input: {
    orders: [
      { id: 1, total: 40 },
      { id: 2, total: 25 },
      { id: 3, total: 90 },
    ],
  },
  steps: [
    {
      id: 'check',
      type: 'diagnostic',
      forEach: 'input.orders',
      input: { durationMs: 400, payload: '${{ item }}' },
    },
    {
      id: 'report',
      type: 'diagnostic',
      input: { durationMs: 600, payload: { checked: '${{ steps.check.output }}' } },
    },
  ],
  output: { report: '${{ steps.report.output.payload }}' },
};

export const workflowExecution = defineJobType({
  type: 'workflow-execution',
  title: 'Workflow',
  description:
    'Runs jobs of other types as steps that use each other’s results: with conditions, a job for each item of a list, and an output. Steps that need nothing of each other run side by side.',
  input: z
    .strictObject({
      name: text(200).optional(),
      input: z.unknown().optional().describe('seen by expressions as input'),
      steps: z.array(stepSchema).min(1).max(MAX_STEPS),
      output: z.unknown().optional().describe('texts may hold ${{ expressions }}; by default the outputs of all steps'),
    })
    .superRefine(({ steps, output }, check) => {
      for (const { path, message } of checkSteps(steps, output)) check.addIssue({ code: 'custom', path, message });
    })
    .meta({ examples: [ORDERS] }),
  output: z.object({
    output: z.unknown(),
    steps: z.array(
      z.object({
        id: z.string(),
        status: z.enum(['completed', 'partial', 'failed', 'skipped']),
        jobs: z.int(),
        failed: z.int(),
        flowId: z.string().nullable(),
      }),
    ),
  }),
  defaults: { ...DEFAULTS, timeoutMs: 7 * DAY_MS },
  consumerConcurrency: 100,
  itemName: (d) => d.name,
});
