import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

export const REPORTS = 'test-results/bench';

/** Returns the load of the machine in the last minute. */
export const load = (): string => (loadavg()[0] ?? Number.NaN).toFixed(1);

const begun = load();

/** Describes the machine and its load. */
export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, load at the start ${begun}`;

/** Prints a section of the report and stores it for docs/performance.md. */
export function publish(name: string, markdown: string): void {
  const section = `${markdown.trim()}\n\nMachine: ${machine()}.\n`;
  console.log(section);
  mkdirSync(REPORTS, { recursive: true });
  writeFileSync(join(REPORTS, `${name}.md`), section);
}

/** Formats a Markdown table of two or more columns. */
export const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
