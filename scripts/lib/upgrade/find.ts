import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { UsageError } from '@/scripts/lib/usage-error';
import { npm, run } from './npm';
import type { Found, Target } from './target';

/**
 * The name and version of a target, before anything is installed.
 * @throws UsageError if there is no such version, or no package in the file
 */
export const find = (target: Target, yard: string, signal: AbortSignal): Promise<Found> =>
  target.tarball !== undefined ? inTarball(target.tarball, yard) : inRegistry(target.spec, yard, signal);

async function inRegistry(spec: string, yard: string, signal: AbortSignal): Promise<Found> {
  const fields = ['name', 'version', 'dist.integrity'];
  const said = await npm(['view', spec, ...fields, '--json', '--prefer-online'], yard, signal);
  const {
    name,
    version,
    'dist.integrity': integrity,
  } = (said.trim() ? JSON.parse(said) : {}) as Record<string, string>;
  if (!name || !version) throw new UsageError(`The registry has no ${spec}.`);
  return { name, version, ...(integrity ? { integrity } : {}) };
}

/** As npm would say, which unpacks all of it for that. */
async function inTarball(path: string, yard: string): Promise<Found> {
  const { code, stdout } = await run(['tar', '-xzOf', path, 'package/package.json'], yard);
  if (code !== 0) throw new UsageError(`${path} is no package that npm made: it has no package/package.json.`);
  const { name, version } = JSON.parse(stdout) as Found;
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { name, version, integrity: `sha512-${hash.digest('base64')}` };
}
