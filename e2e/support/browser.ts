import { existsSync } from 'node:fs';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** CHROMIUM_PATH, then a browser of the system, then (undefined) Playwright's own. */
export const chromiumPath = (): string | undefined =>
  process.env.CHROMIUM_PATH || SYSTEM.find((path) => existsSync(path));

/** Chromium refuses its sandbox as root. */
export const chromiumArgs = (): string[] => [
  '--disable-background-networking',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];
