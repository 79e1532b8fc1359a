import type { JobStatus } from '@/lib/contracts/status';

/** The status that a byte of the matrix stands for. */
export const CODE_STATUS: readonly JobStatus[] = ['pending', 'active', 'completed', 'failed', 'cancelled', 'delayed'];

export const statusOf = (code: number | undefined): JobStatus => CODE_STATUS[code ?? 0] ?? 'pending';
