import { systemContext } from '@/lib/domain/context';
import { runImport } from '@/lib/domain/import/running/run-import';
import type { Processor } from '@/workers/runtime/processor';

/** Reads, checks or launches an import. The import row stores the outcome. */
export const processImport: Processor<'import'> = ({ organizationId, data, signal, updateProgress }) =>
  runImport(systemContext(organizationId), data, { signal, progress: updateProgress });
