import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const pages = [
  ...(await readdir('.')).filter((name) => name.endsWith('.md')),
  ...(await readdir('docs', { recursive: true })).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
  '.github/pull_request_template.md',
];
const texts = new Map(await Promise.all(pages.map(async (page) => [page, await readFile(page, 'utf8')] as const)));
const textOf = (page: string) => texts.get(page) ?? '';

test.each(pages)('%s links to existing files', (page) => {
  const targets = [...textOf(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)].map(
    (match) => match[1] ?? '',
  );
  expect(targets.filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
});

test.each(pages)('%s links to existing headings', async (page) => {
  const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
  const broken = links.filter(([, target = '', anchor = '']) => {
    const text = target ? (texts.get(join(dirname(page), target)) ?? '') : textOf(page);
    return !anchorsOf(text).includes(anchor);
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

/** The fragment of each heading, as GitHub makes it. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Files that the guide to a job type asks its reader to make. */
const MADE_BY_READER = /\/word-count(\.|$)/;

test.each(pages)('%s names existing files', (page) => {
  const named = [
    ...textOf(page).matchAll(
      /`((?:\.ci|\.github|app|bench|chaos|components|docs|e2e|examples|lib|prisma|scripts|workers)\/[\w./[\]()-]+)`/g,
    ),
  ].map((match) => match[1] ?? '');
  expect(named.filter((path) => !MADE_BY_READER.test(path) && !existsSync(path))).toEqual([]);
});

const testFiles = (
  await Promise.all(
    ['catalogue', 'chaos', 'components', 'e2e', 'examples', 'lib', 'prisma', 'scripts', 'workers'].map(async (folder) =>
      (await readdir(folder, { recursive: true })).map((name) => join(folder, name)),
    ),
  )
)
  .flat()
  .filter((name) => /\.(?:test|spec)\.tsx?$/.test(name));
const testSources = (await Promise.all(testFiles.map((name) => readFile(name, 'utf8')))).join('\n');

test.each(pages)('%s quotes titles of existing tests', (page) => {
  const cells = textOf(page)
    .split('\n')
    .map((line) => line.split(' | ').at(-1) ?? '')
    .filter((cell) => cell.endsWith(' |') && /\.(?:test|spec)\.tsx?`|^the same/.test(cell));
  const titles = cells.flatMap((cell) => [...cell.matchAll(/"([^"]{12,})"/g)].map((match) => match[1] ?? ''));
  expect(titles.filter((title) => !testSources.includes(title))).toEqual([]);
});

test('every call that the API page shows has a route', () => {
  const paths = [...textOf('docs/api.md').matchAll(/(?:\$URL|(?:GET|POST|PATCH|DELETE) )(\/api\/[\w./:$-]*)/g)].map(
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
    const named = [...textOf(page).matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(([, run, own]) => run ?? own);
    for (const name of named) expect(Object.keys(scripts), page).toContain(name);
  }
});
