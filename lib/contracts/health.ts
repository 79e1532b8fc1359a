export const HEALTH_PARTS = ['database', 'queue', 'events', 'workers', 'storage'] as const;

/** One thing that work needs, and how it is. */
export interface HealthPart {
  part: (typeof HEALTH_PARTS)[number];
  ok: boolean;
  /** what is wrong, or what there is */
  detail: string;
}

/** `degraded`: pages, reads and launches go on; what was launched starts when the queue is back. */
export interface HealthDto {
  status: 'ready' | 'degraded';
  parts?: HealthPart[];
}

/** The queue is out of reach: since when. */
export interface DegradedDto {
  since: string;
}
