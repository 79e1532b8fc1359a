import { expect, it } from 'vitest';
import { minutes } from './report.mjs';

it('shows the minutes of each stage in the order of their starts', () => {
  const stages = [
    { name: 'tests', from: 60, to: 360 },
    { name: 'set-up', from: 0, to: 60 },
  ];
  const lines = minutes(stages).split('\n');
  expect(lines[0]).toBe('stage      minutes   from     to');
  expect(lines.slice(1).map((line) => line.split(/\s+/))).toEqual([
    ['set-up', '1.0', '0.0', '1.0'],
    ['tests', '5.0', '1.0', '6.0'],
  ]);
});
