'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type {
  ChangeImportBody,
  CreateImportBody,
  DeletedAnswer,
  FixedRow,
  ImportAnswer,
  ImportMappingAnswer,
  ImportTrial,
  LaunchImportBody,
  SaveMappingBody,
} from '@/lib/contracts/import';

const path = (id: string, rest = ''): string => `/imports/${encodeURIComponent(id)}${rest}`;

/** A call whose answer is an import, which then replaces the cached one. */
function useImportCall<V, A extends ImportAnswer>(call: (variables: V) => Promise<A>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: call,
    onMutate: () => client.cancelQueries({ queryKey: keys.imports.details }),
    onSuccess: (answer) => client.setQueryData(keys.imports.detail(answer.import.id), answer.import),
  });
}

/** Starts an import from stored files or an address. @throws ApiError */
export const useCreateImport = () =>
  useImportCall((json: Omit<CreateImportBody, 'content'> & Partial<Pick<CreateImportBody, 'content'>>) =>
    api<ImportAnswer>('/imports', { method: 'POST', json }),
  );

/** Changes the reading options, the type or the mapping of an import. */
export const useChangeImport = () =>
  useImportCall(({ id, ...json }: ChangeImportBody & { id: string }) =>
    api<ImportAnswer>(path(id), { method: 'PATCH', json }),
  );

export const useCheckImport = () =>
  useImportCall((id: string) => api<ImportAnswer>(path(id, '/check'), { method: 'POST' }));

export const useStopImport = () =>
  useImportCall((id: string) => api<ImportAnswer>(path(id, '/stop'), { method: 'POST' }));

/** Corrects cells of a bad row; `issue` in the answer is what is still wrong. */
export function useFixRow(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (json: { row: number; cells: Record<string, string> }) =>
      api<FixedRow>(path(id, '/rows'), { method: 'PATCH', json }),
    onSuccess: async (answer) => {
      client.setQueryData(keys.imports.detail(id), answer.import);
      await client.invalidateQueries({ queryKey: keys.imports.issuesOf(id) });
    },
  });
}

/** A dry run of the first good rows. */
export const useTryImport = () =>
  useImportCall(({ id, ...json }: { id: string; rows: number; start: 'now' | 'queue' }) =>
    api<ImportTrial>(path(id, '/try'), { method: 'POST', json }),
  );

/** Requests the launch. The import's status shows when the batch is written. */
export const useLaunchImport = () =>
  useImportCall(({ id, ...json }: LaunchImportBody & { id: string }) =>
    api<ImportAnswer>(path(id, '/launch'), { method: 'POST', json }),
  );

export function useDeleteImport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api<DeletedAnswer>(path(id), { method: 'DELETE' }),
    onSuccess: (_, id) => {
      client.removeQueries({ queryKey: keys.imports.detail(id) });
      return client.invalidateQueries({ queryKey: keys.imports.list });
    },
  });
}

export function useSaveMapping() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (json: SaveMappingBody) => api<ImportMappingAnswer>('/import-mappings', { method: 'POST', json }),
    onSuccess: (_, { type }) => client.invalidateQueries({ queryKey: keys.imports.mappings(type) }),
  });
}

export function useDeleteMapping(type: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api<DeletedAnswer>(`/import-mappings/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.imports.mappings(type) }),
  });
}
