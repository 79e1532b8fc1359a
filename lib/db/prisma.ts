import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client';
import { pool } from './pool';

const held = globalThis as unknown as { batchyardPrisma?: PrismaClient };

/** Prisma over the shared pool: for reads and writes that are not hot. */
export function prisma(): PrismaClient {
  held.batchyardPrisma ??= new PrismaClient({ adapter: new PrismaPg(pool()) });
  return held.batchyardPrisma;
}

export async function closePrisma(): Promise<void> {
  const open = held.batchyardPrisma;
  held.batchyardPrisma = undefined;
  await open?.$disconnect();
}
