import type { LaunchItem } from '@/lib/domain/batch/check-items';

/** Converts data to the items of a launch; rows count from 1. */
export async function* asItems(data: unknown[]): AsyncGenerator<LaunchItem> {
  let row = 0;
  for (const one of data) {
    row += 1;
    yield { row, data: one };
  }
}
