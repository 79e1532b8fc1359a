/** Addresses of pages and downloads, in one place. */
export const links = {
  batch: (id: string) => `/batches/${encodeURIComponent(id)}`,
  job: (id: string) => `/jobs/${encodeURIComponent(id)}`,
  results: (batchId: string, format: 'jsonl' | 'csv', status?: string) =>
    `/api/batches/${encodeURIComponent(batchId)}/results?format=${format}${status ? `&status=${status}` : ''}`,
  file: (id: string) => `/api/files/${encodeURIComponent(id)}`,
};
