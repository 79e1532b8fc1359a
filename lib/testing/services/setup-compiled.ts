import type { TestProject } from 'vitest/node';
import { compileWorkers } from '@/scripts/lib/build.mjs';

/** Global setup of unit tests: the scripts of threads are compiled, also after each change that a watching run sees. */
export default async function setup(project: TestProject): Promise<void> {
  await compileWorkers();
  project.onTestsRerun(() => compileWorkers());
}
