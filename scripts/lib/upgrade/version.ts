const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?:\+[\w.-]+)?$/;

export const isVersion = (text: string): boolean => VERSION.test(text);

/** Compares two versions as npm orders them: negative if the first is older. What is no version is older than all. */
export function compareVersions(first: string, second: string): number {
  const [a, b] = [VERSION.exec(first), VERSION.exec(second)];
  if (!a || !b) return Number(Boolean(a)) - Number(Boolean(b));
  for (const part of [1, 2, 3]) if (a[part] !== b[part]) return Number(a[part]) - Number(b[part]);
  const [before, after] = [a[4], b[4]];
  // A version is newer than what was tried before it, such as 1.0.0-rc.1.
  if (before === undefined || after === undefined) return Number(before === undefined) - Number(after === undefined);
  return comparePrereleases(before.split('.'), after.split('.'));
}

function comparePrereleases(a: string[], b: string[]): number {
  for (const [i, one] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    if (one === other) continue;
    const [isNumber, isOther] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (isNumber && isOther) return Number(one) - Number(other);
    if (isNumber !== isOther) return isNumber ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return a.length - b.length;
}
