/** The schema of Postgres that BullMQ's own migrations fill. Apart, so that a migration needs no configuration. */
export const QUEUE_SCHEMA = 'bullmq';
