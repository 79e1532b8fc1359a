import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parseJsonPath, readJsonPath } from '@/lib/contracts/json-path';
import { parseTemplate, renderTemplate } from '@/lib/contracts/template';

const page = await readFile('docs/templates.md', 'utf8');

/** Rows of three code cells below a heading. */
function examplesOf(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `(.+)` \| `(\{.+)` \| `(.+)` \|$/gm)].map((match) => match.slice(1));
}

test.each(examplesOf('Values'))('the template %s of %s is %s', (template, row = '', result) => {
  expect(renderTemplate(parseTemplate(template ?? ''), JSON.parse(row))).toBe(result);
});

test.each(examplesOf('Paths'))('the path %s of %s is %s', (path = '', value = '', result) => {
  expect(JSON.stringify(readJsonPath(JSON.parse(value), parseJsonPath(path) ?? []))).toBe(result);
});

test('the page has examples of both', () => {
  expect(examplesOf('Values').length).toBeGreaterThan(5);
  expect(examplesOf('Paths').length).toBeGreaterThan(4);
});
