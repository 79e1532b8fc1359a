import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { stream } from './checks.mjs';

/** @param {string} name */
const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome'];
const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

async function playwrightsOwn() {
  const { chromium } = await import('playwright');
  return existsSync(chromium.executablePath());
}

/** Debian's Python, as in the tests: another one of the path may lack its packages. */
function hasOpenpyxl() {
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  try {
    execFileSync(python, ['-c', 'import openpyxl'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** What the tests need besides npm packages. */
const TOOLS = [
  {
    name: 'redis-server',
    apt: 'redis-server',
    present: async () => Boolean(process.env.TEST_REDIS_URL) || onPath('redis-server'),
    advice: 'redis-server, for the tests of the Redis backend (macOS: brew install redis), or set TEST_REDIS_URL',
  },
  {
    name: 'Chromium',
    apt: 'chromium',
    present: async () =>
      Boolean(process.env.CHROMIUM_PATH) ||
      CHROMIUMS.some(onPath) ||
      existsSync(MAC_CHROME) ||
      (await playwrightsOwn()),
    advice: 'Chromium or Chrome, for the journeys (npx playwright install chromium), or set CHROMIUM_PATH',
  },
  {
    name: 'openpyxl',
    apt: 'python3-openpyxl',
    present: async () => hasOpenpyxl(),
    advice: 'Python 3 with openpyxl, which reads the workbooks that we write (pip install openpyxl)',
  },
];

function debianAsRoot() {
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return false;
  try {
    execFileSync('apt-get', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function missingTools() {
  const missing = [];
  for (const tool of TOOLS) if (!(await tool.present())) missing.push(tool);
  return missing;
}

/** Installs what is missing where that is possible. @throws saying what to install where it is not */
export async function ensureTools() {
  const missing = await missingTools();
  if (missing.length === 0) return;
  if (debianAsRoot()) {
    console.log(`… installing ${missing.map((tool) => tool.name).join(' and ')} with apt`);
    const quiet = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
    await stream(['apt-get', '-qq', 'update'], quiet);
    const packages = missing.map((tool) => tool.apt);
    await stream(
      ['apt-get', '-qq', '-o', 'Dpkg::Use-Pty=0', 'install', '-y', '--no-install-recommends', ...packages],
      quiet,
    );
  }
  const still = await missingTools();
  if (still.length === 0) return;
  throw new Error(
    `The tests need these, which are not installed:\n${still.map((tool) => `  ${tool.advice}`).join('\n')}`,
  );
}
