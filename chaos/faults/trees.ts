import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, kill, type Scene } from '@/chaos/fault';
import { send } from '@/chaos/http';
import type { FlowNodeBody } from '@/lib/contracts/flow';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { systemContext } from '@/lib/domain/context';
import { getFlow } from '@/lib/domain/flow/get-flow';
import { policyViolations, randomTree, seeded } from '@/lib/testing/random-trees';
import { until } from '@/lib/testing/until';

const SEED = 7_042_026;
const REQUESTS = 20;
const TREES_EACH = 10;
const PATIENCE = { timeoutMs: 240_000, everyMs: 200 };

/** Posts trees until they are acknowledged, even if the dashboard is killed meanwhile. @returns the flow ids */
async function post(scene: Scene, flows: FlowNodeBody[], die: boolean): Promise<string[]> {
  const key = randomUUID();
  for (let tries = 0; tries < 10; tries += 1) {
    const web = await scene.installation.web();
    const { request, answer } = send(web, 'POST', '/api/flows', {
      'content-type': 'application/json',
      'idempotency-key': key,
    });
    request.end(JSON.stringify({ flows }));
    if (die && tries === 0) {
      // A random delay, so that kills happen during the read, during the write and around the commit.
      await sleep(Math.random() * 60);
      await web.kill();
    }
    const { status, body } = await answer.catch(() => ({ status: 0, body: {} }));
    if (status === 200 || status === 201) return (body as { flowIds: string[] }).flowIds;
    if (status !== 0) throw new Error(`trees were answered with ${status} ${JSON.stringify(body)}`);
  }
  throw new Error('trees were never acknowledged');
}

async function killConsumer(random: () => number): Promise<number> {
  const { rows } = await pool().query<{ pid: number }>(
    'select pid from consumer where ended_at is null and pid is not null order by id',
  );
  const victim = rows[Math.floor(random() * rows.length)];
  return victim && kill(victim.pid) ? 1 : 0;
}

/** Returns finished trees that violate their policies. */
async function allViolations(flowIds: string[]): Promise<string[]> {
  const { rows } = await pool().query<{ organization_id: string }>('select organization_id from flow where id = $1', [
    flowIds[0],
  ]);
  const context = systemContext(must(rows[0], 'The first flow').organization_id);
  const faults: string[] = [];
  for (const id of flowIds) {
    faults.push(
      ...policyViolations(await getFlow(context, id, { depth: 100, children: 100, values: true }), {
        cancelled: false,
      }),
    );
  }
  return faults;
}

export const TREE_FAULTS: Fault[] = [
  {
    name: 'web and consumers die under random trees',
    async strike(scene) {
      const random = seeded(SEED);
      const flowIds: string[] = [];
      let deaths = 0;
      for (let i = 0; i < REQUESTS; i += 1) {
        const trees = Array.from({ length: TREES_EACH }, (_, n) => randomTree(random, `tree ${i}.${n}`));
        const die = i % 5 === 2;
        flowIds.push(...(await post(scene, trees, die)));
        deaths += die ? 1 : 0;
        if (i % 5 === 4) deaths += await killConsumer(random);
      }
      // The oracle checks these trees.
      scene.batchIds.push(...flowIds);
      if (new Set(flowIds).size !== REQUESTS * TREES_EACH) throw new Error('a tree is missing or there twice');
      const open = async () => {
        const { rows } = await pool().query<{ n: number }>(
          'select count(*)::int as n from flow where id = any($1::uuid[]) and finished_at is null',
          [flowIds],
        );
        return rows[0]?.n ?? 0;
      };
      await until('every tree has finished', async () => (await open()) === 0, PATIENCE);
      const wrong = await allViolations(flowIds);
      if (wrong.length > 0) throw new Error(wrong.slice(0, 5).join('; '));
      return deaths;
    },
  },
];
