import { compareVersions } from './version';

/** `## 1.2.0`, `## [1.2.0] - 2026-01-01` or `## Unreleased` */
const HEADING = /^## \[?([^\]\s]+)/;

/**
 * What a changelog says that the installed version does not have: its sections down to that of this version. Sections without
 * an entry are left out.
 */
export function changesSince(changelog: string, installed: string): string {
  const sections: string[][] = [];
  for (const line of changelog.split(/\r?\n/)) {
    const [, version] = HEADING.exec(line) ?? [];
    if (version === undefined) sections.at(-1)?.push(line.trimEnd());
    else if (compareVersions(version, installed) > 0 || !/^\d/.test(version)) sections.push([line.trimEnd()]);
    else break;
  }
  return sections
    .filter((lines) => lines.slice(1).some(Boolean))
    .map((lines) => lines.join('\n').trim())
    .join('\n\n');
}
