import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extendTailwindMerge } from 'tailwind-merge';
import { expect, it } from 'vitest';
import { cn } from './cn';

const whole = extendTailwindMerge({
  cacheSize: 0,
  extend: { classGroups: { 'font-size': [{ text: ['2xs', 'xs', 'sm', 'base', 'lg', 'xl', '2xl'] }] } },
});

/** Words of strings in the sources, without modifiers such as `hover:`; among them all classes. */
function words(): string[] {
  const found = new Set<string>();
  for (const folder of ['components', 'app']) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(file) || file.includes('.test.') || file.includes('class-groups')) continue;
      for (const [, text = ''] of readFileSync(join(folder, file), 'utf8').matchAll(
        /['"`\s]([^'"`\s]{1,90})(?=['"`\s])/g,
      ))
        found.add(text.replace(/^(?:[^[(:]|\[[^\]]*\]|\([^)]*\))*:(?![^[(]*[\])])/, '').replace(/^!|!$/g, ''));
    }
  }
  return [...found];
}

it('knows every class of the sources as Tailwind does, and what it replaces', () => {
  // A class replaces itself; a word that is no class stays.
  const classes = words().filter((word) => whole(`${word} ${word}`) === word);
  expect(classes.length).toBeGreaterThan(400);
  const different = classes.flatMap((a) =>
    classes.filter((b) => cn(`${a} ${b}`) !== whole(`${a} ${b}`)).map((b) => `${a} ${b}`),
  );
  expect(different).toEqual([]);
});
