import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { sep } from 'node:path';
import type { OwnTypeError } from '@/lib/contracts/job-type';
import type { AnnouncedDefinition } from '@/lib/contracts/own-jobs';

/** What the examining process answers. */
export type Examined =
  | { definition: AnnouncedDefinition }
  | { problem: { message: string /** of an error that the file's own code threw */; stack?: string } };

/** A file may load large packages, on a machine that is busy; one that takes longer hangs. */
export const EXAMINE_MS = 60_000;

/**
 * Loads a compiled job file in a process of its own, which may throw, hang or exit without harm.
 * @param examiner the program that runs there
 * @param job its type, its compiled module, where its source is, and the working folder if it is not that of this process
 */
export async function examineJob(
  examiner: string,
  job: { type: string; module: string; path: string; folder: string; cwd?: string | undefined },
  timeLimitMs: number = EXAMINE_MS,
): Promise<{ definition: AnnouncedDefinition } | { error: OwnTypeError }> {
  const child = fork(examiner, [job.type, job.module], {
    cwd: job.cwd,
    execArgv: [...(examiner.endsWith('.ts') ? ['--import', 'tsx'] : []), '--enable-source-maps'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
  });
  const examined = await answerOf(child, timeLimitMs);
  if ('definition' in examined) return examined;
  const { message, stack } = examined.problem;
  const place = stack === undefined ? undefined : placeIn(stack, job.folder);
  return {
    error: {
      message,
      file: place?.file ?? job.path,
      ...(place ? { line: place.line } : {}),
    },
  };
}

async function answerOf(child: ChildProcess, timeLimitMs: number): Promise<Examined> {
  let answer: Examined | undefined;
  let said = '';
  child.on('message', (message: Examined) => {
    answer = message;
    child.kill('SIGKILL');
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
    });
  }
  let hangs = false;
  const limit = setTimeout(() => {
    hangs = true;
    child.kill('SIGKILL');
  }, timeLimitMs);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(limit);
  if (answer) return answer;
  if (hangs) {
    return {
      problem: {
        message: `Loading the file took longer than ${timeLimitMs / 1000} s. Do the work in run, and nothing that waits at the top of the file.`,
      },
    };
  }
  return {
    problem: {
      message: `Loading the file ended the process (${signal ?? `exit ${code}`}). Don't call process.exit at the top of the file.${said ? ` It wrote: ${said.trim().slice(-300)}` : ''}`,
    },
  };
}

/** Returns the first line of a stack that is in the folder of jobs. */
export function placeIn(stack: string, folder: string): { file: string; line: number } | undefined {
  for (const line of stack.split('\n')) {
    const found = /(?:\(|at )(?:file:\/\/)?(\/[^():]+):(\d+):\d+/.exec(line);
    const [, file, at] = found ?? [];
    if (file?.startsWith(folder + sep) && !file.includes('/node_modules/')) {
      return { file: file.slice(folder.length + 1), line: Number(at) };
    }
  }
  return undefined;
}
