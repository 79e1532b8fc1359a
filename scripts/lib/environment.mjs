import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle, DIST, ENVIRONMENT } from './bundle.mjs';
import { StartError } from './failure.mjs';
import { canBuild } from './install.mjs';

/**
 * The environment as the product's own configuration reads it.
 * @returns {Promise<import('../../lib/config/env').Env>}
 * @throws {StartError} that names every wrong variable
 */
export async function readEnvironment() {
  if (canBuild()) await bundle([ENVIRONMENT]);
  const file = join(DIST, ENVIRONMENT.replace(/\.ts$/, '.js'));
  /** @type {typeof import('../../lib/config/env')} */
  const { parseEnv, EnvironmentError } = await import(pathToFileURL(file).href);
  try {
    return parseEnv(process.env);
  } catch (error) {
    throw error instanceof EnvironmentError ? new StartError(error.message) : error;
  }
}
