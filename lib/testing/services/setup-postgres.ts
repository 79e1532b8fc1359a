import type { TestProject } from 'vitest/node';
import { startServices } from './start';

/** Global setup of the project with queues on Postgres. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { services, stop } = await startServices({ redis: false });
  project.provide('services', services);
  return stop;
}
