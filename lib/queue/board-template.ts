import { readFile } from 'node:fs/promises';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Fonts of another site: nothing is asked of it. */
const FOREIGN_LINK = /<link[^>]+href="https?:[^>]*>\s*/g;

/** Fills the board's page: `<%= %>` escaped, `<%- %>` as it is. The page has nothing else. */
export async function templateOf(path: string, params: Record<string, string>): Promise<string> {
  const source = await readFile(path, 'utf8');
  return source.replace(FOREIGN_LINK, '').replace(/<%([=-])\s*(\w+)\s*%>/g, (_, mark: string, name: string) => {
    const value = params[name] ?? '';
    return mark === '-' ? value : value.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);
  });
}
