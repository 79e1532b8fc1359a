import type { TestProject } from 'vitest/node';
import { startServices } from './start';

/** Before the project whose queues live on Redis. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { services, stop } = await startServices({ redis: true });
  project.provide('services', services);
  return stop;
}
