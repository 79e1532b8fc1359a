import { readFile } from 'node:fs/promises';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Links to fonts of another site. They are removed, so that the board sends no request to it. */
const FOREIGN_LINK = /<link[^>]+href="https?:[^>]*>\s*/g;

/** Renders the board's page: `<%= %>` is escaped, `<%- %>` is not. The page uses no other template syntax. */
export async function templateOf(path: string, params: Record<string, string>): Promise<string> {
  const source = await readFile(path, 'utf8');
  return source.replace(FOREIGN_LINK, '').replace(/<%([=-])\s*(\w+)\s*%>/g, (_, mark: string, name: string) => {
    const value = params[name] ?? '';
    return mark === '-' ? value : value.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);
  });
}
