import { expect, test } from 'vitest';
import { tryJob } from './try-job';

test('runs the processor of a type that defines one', async () => {
  await expect(tryJob('callback', {})).rejects.toMatchObject({ code: 'runs-elsewhere' });
  await expect(tryJob('callback', { unknown: 1 })).rejects.toThrow('Unrecognized key');
});

test('a type whose processor is separate is refused with a reason', async () => {
  await expect(tryJob('diagnostic', {})).rejects.toThrow('test its processor');
});
