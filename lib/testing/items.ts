import type { LaunchItem } from '@/lib/domain/batch/check-items';

/** Data as the items of a launch, row by row from 1. */
export async function* asItems(data: unknown[]): AsyncGenerator<LaunchItem> {
  let row = 0;
  for (const one of data) {
    row += 1;
    yield { row, data: one };
  }
}
