import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Parts of the names of files that take long, the longest first: none of them should be the last that runs. */
const SLOW = ['chaos/simulation', 'workers/stop', 'lib/http/event-loop', 'workers/misbehaviour', 'workers/wide-flows'];

/** A process takes the next file only if it is of the same project, so each project runs as a whole. */
const PROJECTS = ['postgres', 'redis', 'unit'];

const rank = (list: string[], matches: (entry: string) => boolean): number => {
  const at = list.findIndex(matches);
  return at === -1 ? list.length : at;
};

/** Orders test files so that processes are reused and that no slow file is left for the end. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const ranked = (await super.sort(files)).map((file) => ({
      file,
      project: rank(PROJECTS, (name) => name === file.project.name),
      slow: rank(SLOW, (part) => file.moduleId.includes(part)),
    }));
    return ranked.sort((a, b) => a.project - b.project || a.slow - b.slow).map(({ file }) => file);
  }
}
