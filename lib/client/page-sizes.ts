/** Rows that a list reads at once. The server reads as many for the first page. */
export const PAGE_SIZES = { batches: 50, flows: 50, jobs: 100, items: 100 } as const;
