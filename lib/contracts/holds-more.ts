/** Whether a JSON value holds more members and items than that, in all. Stops as soon as it is known. */
export function holdsMore(value: unknown, most: number): boolean {
  const open = [value];
  for (let left = most; open.length > 0; ) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    const inner: unknown[] = Array.isArray(next) ? next : Object.values(next);
    left -= inner.length;
    if (left < 0) return true;
    for (const one of inner) open.push(one);
  }
  return false;
}
