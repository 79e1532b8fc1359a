import { MAX_GROUP_IDS } from '@/lib/contracts/bounds';

/** A list that is loaded page by page, as TanStack Query reads it. */
interface Paged<D> {
  data: D | undefined;
  hasNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => Promise<Paged<D>>;
}

/**
 * Loads pages until everything that matches is there, or as many rows as one bulk action takes. A page that can't be
 * loaded ends it; the list says so.
 * @param top the first row that is shown: newer ones above it were not seen yet, and are left out
 */
export async function loadAll<D, R extends { id: string }>(
  list: Paged<D>,
  rowsOf: (data: D) => R[],
  top: string | undefined,
): Promise<R[]> {
  const rows = ({ data }: Paged<D>): R[] => {
    const loaded = data === undefined ? [] : rowsOf(data);
    return loaded
      .slice(
        Math.max(
          0,
          loaded.findIndex(({ id }) => id === top),
        ),
      )
      .slice(0, MAX_GROUP_IDS);
  };
  let now = list;
  while (now.hasNextPage && rows(now).length < MAX_GROUP_IDS) {
    now = await now.fetchNextPage();
    if (now.isFetchNextPageError) break;
  }
  return rows(now);
}
