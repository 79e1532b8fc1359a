import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** Half a minute is enough for an answer; a registry that is away must not hold up the checks. */
const PATIENCE_MS = 30_000;
const GRAVE = ['high', 'critical'];

/**
 * @typedef {{ severity?: string, via?: (string | { title?: string, url?: string })[], range?: string }} Vulnerability
 * @typedef {{ vulnerabilities?: Record<string, Vulnerability>, metadata?: unknown, message?: string,
 *   error?: { summary?: string } }} Report what `npm audit --json` prints
 */

/**
 * Judges what `npm audit --json` printed.
 * @param {string} text
 * @returns {{ kind: 'clean' } | { kind: 'skipped', why: string } | { kind: 'vulnerable', lines: string[] }}
 */
export function judgeAudit(text) {
  /** @type {Report} */
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return { kind: 'skipped', why: text.trim().split('\n', 1)[0] || 'npm printed nothing in time' };
  }
  if (!report.vulnerabilities || !report.metadata) {
    return { kind: 'skipped', why: report.message ?? report.error?.summary ?? 'npm printed no report' };
  }
  const grave = Object.entries(report.vulnerabilities).filter(([, { severity = '' }]) => GRAVE.includes(severity));
  const lines = grave.map(([name, { severity, range, via = [] }]) => {
    const found = via.flatMap((each) => (typeof each === 'object' ? [`${each.title} (${each.url})`] : []));
    return `${severity}: ${name} ${range ?? ''} ${found.join('; ')}`.trim();
  });
  return lines.length > 0 ? { kind: 'vulnerable', lines } : { kind: 'clean' };
}

/**
 * Compares what production needs with the registry's advisories. The exit code is 1 only for grave ones: without a
 * registry, or with one that has no advisories, the check is left out.
 */
function main() {
  const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--json', '--fetch-retries=0'], {
    encoding: 'utf8',
    timeout: PATIENCE_MS,
    shell: process.platform === 'win32',
  });
  const found = judgeAudit(stdout || (error?.message ?? ''));
  if (found.kind === 'skipped') console.log(`Skipped: the registry gives no advisories (${found.why}).`);
  if (found.kind !== 'vulnerable') return;
  console.log(`Packages with known vulnerabilities:\n${found.lines.map((line) => `  ${line}`).join('\n')}`);
  process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
