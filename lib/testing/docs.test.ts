import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...(await readdir('docs')).filter((f) => f.endsWith('.md')).map((f) => `docs/${f}`),
];

test.each(pages)('%s links to what exists', async (page) => {
  const text = await readFile(page, 'utf8');
  const targets = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
  expect(targets.filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
});

test('every call that the API page shows has a route', async () => {
  const text = await readFile('docs/api.md', 'utf8');
  const paths = [...text.matchAll(/(?:\$URL|(?:GET|POST|PATCH|DELETE) )(\/api\/[\w./:$-]*)/g)].map(
    (match) => match[1] ?? '',
  );
  expect(paths.length).toBeGreaterThan(10);
  const missing = paths.filter((path) => {
    const folder = path.replace(/\/$/, '').replace(/(:\w+|\$\w+)/g, '[id]');
    return !['[id]', '[batchId]'].some((name) => existsSync(join('app', folder.replaceAll('[id]', name), 'route.ts')));
  });
  expect(missing).toEqual([]);
});

test('the commands that the pages name exist', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));
  for (const page of pages) {
    const named = [...(await readFile(page, 'utf8')).matchAll(/npm (?:run )?(start|test|dev|demo|verify|bench)\b/g)];
    for (const [, name] of named) expect(Object.keys(scripts), page).toContain(name);
  }
});
