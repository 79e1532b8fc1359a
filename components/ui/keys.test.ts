import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isKey, KEYS, type KeyName, printedKey } from './keys';

const press = (key: string, held: Partial<Record<'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({
  key,
  metaKey: false,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

it.each<[KeyName, ReturnType<typeof press>, boolean]>([
  ['palette', press('k', { metaKey: true }), true],
  ['palette', press('k', { ctrlKey: true }), true],
  ['palette', press('k'), false],
  ['palette', press('k', { ctrlKey: true, shiftKey: true }), false],
  ['help', press('?', { shiftKey: true }), true],
  ['help', press('?', { ctrlKey: true }), false],
  ['nextRow', press('j'), true],
  ['nextRow', press('J', { shiftKey: true }), false],
  ['nextRow', press('ArrowDown'), true],
  ['nextRow', press('ArrowDown', { altKey: true }), false],
  ['selectRow', press('x'), true],
  ['selectRow', press(' '), true],
  ['selectRow', press('X', { shiftKey: true }), false],
  ['selectRange', press('X', { shiftKey: true }), true],
  ['selectRange', press(' ', { shiftKey: true }), true],
  ['selectRange', press('x'), false],
  ['selectNext', press('ArrowDown', { shiftKey: true }), true],
  ['selectPrevious', press('K', { shiftKey: true }), true],
  ['selectNext', press('ArrowDown'), false],
  ['lastRow', press('End'), true],
  ['lastRow', press('End', { shiftKey: true }), false],
  ['nextJob', press('ArrowDown', { altKey: true }), true],
])('%s and %o: %s', (name, event, expected) => {
  expect(isKey(event, name)).toBe(expected);
});

it('prints keys as the keyboard shows them', () => {
  expect(['Mod+K', 'Alt+ArrowDown', 'Shift+X'].map((text) => printedKey(text, true))).toEqual(['⌘K', '⌥↓', '⇧X']);
  expect(['Mod+K', 'Alt+ArrowDown', 'Shift+X'].map((text) => printedKey(text, false))).toEqual([
    'Ctrl K',
    'Alt ↓',
    'Shift X',
  ]);
});

/** What the platform does by itself: a link is opened, a dialog closed. */
const OF_THE_PLATFORM: KeyName[] = ['openRow', 'close'];

it('every key that is shown has a handler, which asks the registry', () => {
  const sources = readdirSync('components', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
    .map((file) => readFileSync(join('components', file), 'utf8'))
    .join('\n');
  const asked = new Set([...sources.matchAll(/isKey\(\s*\w+,\s*'(\w+)'\)/g)].map(([, name]) => name));
  const shown = Object.keys(KEYS).filter((name) => !OF_THE_PLATFORM.includes(name as KeyName));
  expect(shown.filter((name) => !asked.has(name))).toEqual([]);
});

it('no two names of one place have the same key', () => {
  const all = Object.values(KEYS).flatMap(({ where, keys }) => keys.map((key) => `${where} ${key}`));
  expect(new Set(all).size).toBe(all.length);
});
