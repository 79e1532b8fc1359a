import type { TestProject } from 'vitest/node';
import { startServices } from './start';

/** Before the project whose queues live on Postgres. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { services, stop } = await startServices({ redis: false });
  project.provide('services', services);
  return stop;
}
