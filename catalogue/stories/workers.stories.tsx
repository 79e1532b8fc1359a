import { ago, MEMBER } from '@/catalogue/fixtures';
import { JOB_TYPES } from '@/catalogue/job-type-fixtures';
import { pending, problem, type Routes } from '@/catalogue/server';
import type { Story } from '@/catalogue/story';
import { JobTypes } from '@/components/settings/job-types/job-types';
import { Workers } from '@/components/settings/workers/workers';
import type { JobTypeDto } from '@/lib/contracts/job-type';
import { must } from '@/lib/contracts/must';
import type { NodeDto } from '@/lib/contracts/worker';

const ownType = (type: string, change: Partial<JobTypeDto> = {}): JobTypeDto => ({
  ...must(JOB_TYPES[1], 'A built-in type'),
  ...{ type, title: type.replaceAll('-', ' '), source: 'file', version: 'a1b2c3d4e5f6', icon: null },
  workers: [{ node: 'worker-1', version: 'a1b2c3d4e5f6', lastSeenAt: ago(1) }],
  ...change,
});

const OWN: JobTypeDto[] = [
  ownType('resize', { many: { maxItems: 1000 } }),
  ownType('render', { state: 'no-worker', workers: [], noWorkerSince: ago(1800) }),
  ownType('crm-sync', {
    state: 'differs',
    workers: [
      { node: 'worker-1', version: 'a1b2c3d4e5f6', lastSeenAt: ago(1) },
      { node: 'worker-2', version: 'd4e5f6a1b2c3', lastSeenAt: ago(1) },
    ],
  }),
  ownType('letters', {
    ...{ state: 'broken', launchable: false, workers: [], noWorkerSince: ago(60) },
    error: { message: 'Loading the file failed: no key', file: 'letters.ts', line: 3 },
  }),
];

const node = (id: string, change: Partial<NodeDto> = {}): NodeDto => ({
  ...{ id, host: `worker-${id}`, pid: 4000 + Number(id), version: '0.1.0', jobsHash: '0123456789ab', state: 'running' },
  ...{ startedAt: ago(86_400), lastSeenAt: ago(1), drainRequestedAt: null, drainingAt: null },
  ownTypes: { resize: 'a1b2c3d4e5f6' },
  consumers: [
    {
      ...{ id: `${id}1`, pid: 4100, startedAt: ago(86_400), memoryBytes: 180 * 1024 ** 2, cpuPercent: 83 },
      activeCount: 12,
      active: [
        { jobId: 'j1', type: 'diagnostic', sinceMs: 93_000 },
        { jobId: 'j2', type: 'document-processing', sinceMs: 1200 },
      ],
    },
    {
      ...{ id: `${id}2`, pid: null, startedAt: ago(1), memoryBytes: 0, cpuPercent: 0, activeCount: 0, active: [] },
    },
  ],
  ...change,
});

const MIXED: NodeDto[] = [
  node('1'),
  node('2', { state: 'draining', drainRequestedAt: ago(20), drainingAt: ago(19), ownTypes: {} }),
  node('3', { state: 'drained', drainRequestedAt: ago(600), drainingAt: ago(599), consumers: [] }),
  node('4', {
    state: 'stopping',
    host: 'a-machine-with-a-name-that-is-far-too-long-for-its-line.internal.example.org',
  }),
];

const workers = (nodes: NodeDto[], routes: Routes = {}, more: Partial<Story> = {}): Story => ({
  render: () => <Workers />,
  routes: { 'GET /workers': { nodes }, 'GET /job-types': { jobTypes: [...JOB_TYPES, ...OWN] }, ...routes },
  path: '/settings/workers',
  ...more,
});

const types = (jobTypes: unknown, more: Partial<Story> = {}): Story => ({
  render: () => <JobTypes />,
  routes: { 'GET /job-types': jobTypes },
  path: '/settings/job-types',
  ...more,
});

export const NoMachine = workers([]);
export const Machines = workers(MIXED);
export const MachinesOnPhone = workers(MIXED, {}, { phone: true });
export const MachinesForMember = workers(MIXED, {}, { viewer: MEMBER });
export const ManyMachines = workers(Array.from({ length: 40 }, (_, i) => node(String(i + 1))));
export const MachinesLoading = workers([], { 'GET /workers': pending });
export const MachinesBroken = workers([], {
  'GET /workers': problem(400, 'invalid-request', 'The workers could not be read.'),
});
export const OwnTypes = types({ jobTypes: [...JOB_TYPES, ...OWN] });
export const OwnTypesOnPhone = types({ jobTypes: [...JOB_TYPES, ...OWN] }, { phone: true });
export const NoOwnTypes = types({ jobTypes: JOB_TYPES });
export const TypesUnreadable = types(problem(400, 'invalid-request', 'The types could not be read.'));
