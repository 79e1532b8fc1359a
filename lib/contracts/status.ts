/** Statuses are the same in rows, in the API and on screens. */

export const BATCH_STATUSES = ['pending', 'in-progress', 'completed', 'failed', 'partial', 'cancelled'] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

export const JOB_STATUSES = [
  'pending',
  'delayed',
  'waiting-children',
  'active',
  'completed',
  'failed',
  'cancelled',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** A job in one of these states changes only through a retry. */
export const TERMINAL_JOB_STATUSES = ['completed', 'failed', 'cancelled'] as const;
export type TerminalJobStatus = (typeof TERMINAL_JOB_STATUSES)[number];

export const isTerminal = (status: JobStatus): status is TerminalJobStatus =>
  (TERMINAL_JOB_STATUSES as readonly string[]).includes(status);

export const isFinished = (status: BatchStatus): boolean => status !== 'pending' && status !== 'in-progress';

/** Maps statuses of other job systems to ours. */
export const STATUS_ALIASES: Readonly<Record<string, JobStatus>> = {
  new: 'pending',
  waiting: 'pending',
  running: 'active',
  success: 'completed',
};

/** The byte that represents a child in `GET /api/batches/:id/matrix`. */
export const MATRIX_CODE: Readonly<Record<JobStatus, number>> = {
  pending: 0,
  active: 1,
  completed: 2,
  failed: 3,
  cancelled: 4,
  delayed: 5,
  'waiting-children': 0,
};

/** When all nodes have ended, the flow has the status of its root. */
export const FLOW_STATUSES = ['pending', 'in-progress', 'completed', 'failed', 'cancelled'] as const;

export type FlowStatus = (typeof FLOW_STATUSES)[number];
