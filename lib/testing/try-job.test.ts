import { expect, test } from 'vitest';
import { tryJob } from '@/lib/testing';

test('a type whose work has a processor says so', async () => {
  await expect(tryJob('diagnostic', {})).rejects.toThrow('test its processor');
});
