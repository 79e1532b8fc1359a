import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.mjs';

/** @typedef {{ authSecret: string, secretsKey: string, postgresAdminPassword: string, postgresPassword: string, postgresAppPassword: string }} Secrets */

const fresh = () => randomBytes(24).toString('base64url');

/**
 * Secrets are made once and kept in DATA_DIR/secrets.json, which only its owner may read.
 * @param {string} dataDir
 * @returns {Secrets}
 */
export function openSecrets(dataDir) {
  const path = join(dataDir, 'secrets.json');
  const kept = /** @type {Partial<Record<string, string>>} */ (readJson(path) ?? {});
  const secrets = {
    authSecret: kept.authSecret ?? randomBytes(32).toString('base64url'),
    secretsKey: kept.secretsKey ?? randomBytes(32).toString('base64url'),
    postgresAdminPassword: kept.postgresAdminPassword ?? fresh(),
    postgresPassword: kept.postgresPassword ?? fresh(),
    postgresAppPassword: kept.postgresAppPassword ?? fresh(),
  };
  if (Object.entries(secrets).some(([name, value]) => kept[name] !== value)) writeJson(path, secrets);
  return secrets;
}
