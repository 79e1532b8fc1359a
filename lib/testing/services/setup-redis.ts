import type { TestProject } from 'vitest/node';
import { startServices } from './start';

/** Global setup of the project with queues on Redis. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { services, stop } = await startServices({ redis: true });
  project.provide('services', services);
  return stop;
}
