import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readJson } from './json-file.mjs';
import { writeJsonFile } from './pack-product.mjs';
import { call, check, commandOf, run, startYard, timed } from './trial-yard.mjs';

/** @typedef {{ version: string }} Manifest */

/**
 * The same package with the next version number, and a changelog that tells of it.
 * @param {string} product its tarball
 * @param {string} folder an empty one
 * @returns {Promise<{ tarball: string, version: string }>}
 */
export async function nextVersion(product, folder) {
  mkdirSync(folder);
  await run(folder, ['tar', '-xzf', product]);
  const at = (/** @type {string} */ name) => join(folder, 'package', name);
  const manifest = /** @type {Manifest} */ (readJson(at('package.json')));
  const [major = '0', minor = '0'] = manifest.version.split('.');
  const version = `${major}.${Number(minor) + 1}.0`;
  writeJsonFile(at('package.json'), { ...manifest, version });
  writeJsonFile(at('packed.json'), { version });
  const changelog = readFileSync(at('CHANGELOG.md'), 'utf8');
  writeFileSync(at('CHANGELOG.md'), changelog.replace('## Unreleased', `## ${version}\n\n- A trial.\n\n$&`));
  const tarball = join(folder, `batchyard-${version}.tgz`);
  await run(folder, ['tar', '-czf', tarball, 'package']);
  return { tarball, version };
}

/**
 * A stopped yard that has run is upgraded: not while a job file is broken, and then with its data.
 * @param {string} yard its job files are in order
 * @param {{ tarball: string, version: string }} next
 * @param {string} key
 */
export async function upgradeYard(yard, { tarball, version }, key) {
  const knows = (await run(yard, [commandOf(yard), 'help'])).includes('  upgrade ');
  // An older version does not know the command, so the other one's is called.
  const other = ['npm', 'exec', '--prefer-offline', '--yes', `--package=file:${tarball}`, '--', 'batchyard'];
  const upgrade = [...(knows ? [commandOf(yard)] : other), 'upgrade', tarball];
  const filesOf = () => ['package.json', 'package-lock.json'].map((name) => readFileSync(join(yard, name), 'utf8'));
  const installed = () => /** @type {Manifest} */ (readJson(join(yard, 'node_modules/batchyard/package.json'))).version;
  const before = { files: filesOf().join('\n'), version: installed() };

  const broken = join(yard, 'jobs', 'broken.ts');
  mkdirSync(dirname(broken), { recursive: true });
  writeFileSync(broken, "\nthrow new Error('no key');\n");
  const refused = await timed('an upgrade with a broken job', () => run(yard, upgrade, { code: 1 }));
  check(refused.includes('jobs/broken.ts:2 ') && refused.includes('Nothing was changed'), `upgrade said:\n${refused}`);
  check(filesOf().join('\n') === before.files && installed() === before.version, 'A refused upgrade changed the yard.');
  rmSync(broken);

  const said = await timed('the upgrade', () => run(yard, upgrade));
  check(said.includes(`## ${version}`) && said.includes('pg_dump'), `upgrade said:\n${said}`);
  check(installed() === version, `${installed()} is installed, and not ${version}.`);
  const running = await timed('start after the upgrade', () => startYard(yard, key));
  try {
    const { batches } = JSON.parse(await call(`${running.url}/api/batches`, { key }));
    check(batches.length > 0, 'The batches of before are gone.');
    const { jobTypes } = JSON.parse(await call(`${running.url}/api/job-types`, { key }));
    check(
      jobTypes.some((/** @type {{ type: string }} */ { type }) => type === 'word-count'),
      'The own type is gone.',
    );
  } finally {
    check((await running.stop()) === 0, 'The upgraded yard did not end in order.');
  }
}
