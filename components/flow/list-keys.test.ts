import { expect, it } from 'vitest';
import { aTree } from './graph/tree-fixtures';
import { allShown, flatten, viewOf } from './graph/view';
import { listMove } from './list-keys';

const root = aTree('deploy', [aTree('build', [aTree('compile')]), aTree('infra')]);
const rows = flatten(viewOf(root, allShown(root)));
const folded = flatten(viewOf(root, new Map([['build', 0]]), allShown(root)));
const at = (id: string, list = rows) => list.findIndex((row) => row.id === id);

it('moves through the visible rows and stops at the ends', () => {
  expect(listMove(rows, at('deploy'), 'ArrowDown')).toEqual({ to: at('build') });
  expect(listMove(rows, at('infra'), 'ArrowDown')).toEqual({ to: at('infra') });
  expect(listMove(rows, at('deploy'), 'ArrowUp')).toEqual({ to: 0 });
  expect(listMove(rows, at('compile'), 'End')).toEqual({ to: at('infra') });
  expect(listMove(rows, at('infra'), 'Home')).toEqual({ to: 0 });
});

it('moves to children and to the parent, and folds and unfolds', () => {
  expect(listMove(rows, at('build'), 'ArrowRight')).toEqual({ to: at('compile') });
  expect(listMove(rows, at('build'), 'ArrowLeft')).toEqual({ to: at('build'), fold: 'build' });
  expect(listMove(rows, at('compile'), 'ArrowLeft')).toEqual({ to: at('build') });
  expect(listMove(folded, at('build', folded), 'ArrowRight')).toMatchObject({ unfold: 'build' });
  expect(listMove(folded, at('build/rest', folded), 'ArrowRight')).toMatchObject({ unfold: 'build' });
  expect(listMove(folded, at('build', folded), 'ArrowLeft')).toEqual({ to: 0 });
  expect(listMove(rows, 0, 'x')).toBeNull();
});
