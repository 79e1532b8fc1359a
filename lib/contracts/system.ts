/** What runs now, over all machines: `GET /api/capacity`. */
export interface CapacityDto {
  /** ids of the batches that hold a slot */
  runningBatches: string[];
  activeBatches: number;
  maxBatches: number;
  isShuttingDown: boolean;
  workers: WorkerDto[];
  /** the queue can't be reached since then: launches are stored, and start when it is back */
  queueAwaySince: string | null;
}

export interface WorkerDto {
  id: string;
  host: string;
  processes: number;
  jobsActive: number;
  lastSeenAt: string;
}

export interface JobTypeDto {
  type: string;
  title: string;
  description: string;
  /** JSON Schema of one item */
  inputSchema: Record<string, unknown>;
  outputSchema: Record<string, unknown>;
  defaults: JobTypeDefaults;
  /** whether items are made from dropped files */
  acceptsFiles: boolean;
}

export interface JobTypeDefaults {
  maxAttempts: number;
  backoff: { type: 'fixed' | 'exponential'; delay: number };
  timeoutMs: number;
  /** children at once in a batch; 0 = as many as the consumers take */
  concurrency: number;
  /** children started per minute in a batch; 0 = unlimited */
  ratePerMinute: number;
}

export interface FileDto {
  fileId: string;
  name: string;
  size: number;
  contentType: string;
  sha256: string;
}

export interface SearchHit {
  jobId: string;
  batchId: string | null;
  title: string;
  text: string;
  /** cosine similarity, raised by exact words (docs/documents.md); best first */
  score: number;
  model: string;
}

export interface ViewerDto {
  name: string;
  email: string | null;
  role: 'admin' | 'member';
  organization: { id: string; name: string };
}
