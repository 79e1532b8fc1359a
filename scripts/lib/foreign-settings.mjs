/** Variables of the developer's own shell that would change what is tested, or where: above all their own database. */
const SETTINGS =
  /^(DATABASE_URL|REDIS_URL|QUEUE_PREFIX|PRESET|MAX_|EMBEDDING_|WORKER_|INIT_|PUBLIC_URL|TRUSTED_|OIDC_|AUTH_|METRICS_|BATCHYARD_|JOBS_DIR|DATA_DIR|PORT$|NODE_ENV|NODE_OPTIONS$|OTEL_)/;

/**
 * The environment of a product that is tried.
 * @param {Record<string, string | undefined>} env
 * @returns {Record<string, string | undefined>} without settings of the product
 */
export const withoutSettings = (env) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !SETTINGS.test(name)));
