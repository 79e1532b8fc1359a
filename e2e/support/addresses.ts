import { readdirSync } from 'node:fs';

/** Returns the addresses of all pages of app/. @param ids of the things that pages with `[id]` are about, by the word before it */
export function addresses(ids: Record<string, string>): string[] {
  const pages = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('page.tsx'));
  return pages.map((file) => {
    const path = `/${file.replace(/\/?page\.tsx$/, '').replace(/\(\w+\)\/?/g, '')}`;
    return path.replace(/([\w-]+)\/\[id\]/, (_, kind: string) => `${kind}/${ids[kind] ?? 'none'}`);
  });
}
