import { PrismaPg } from '@prisma/adapter-pg';
import { perProcess } from '@/lib/config/per-process';
import { PrismaClient } from './generated/client';
import { pool } from './pool';

const opened = perProcess('prisma', () => new PrismaClient({ adapter: new PrismaPg(pool()) }));

/** Returns Prisma on the shared pool. Only for reads and writes whose performance is not critical. */
export function prisma(): PrismaClient {
  return opened.get();
}

export async function closePrisma(): Promise<void> {
  await opened.clear()?.$disconnect();
}
