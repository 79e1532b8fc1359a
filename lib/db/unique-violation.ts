/** Whether Postgres refused a row because a unique index has its key already. */
export const isUniqueViolation = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '23505';
