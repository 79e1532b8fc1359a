import { PrismaPg } from '@prisma/adapter-pg';
import { perProcess } from '@/lib/config/per-process';
import { PrismaClient } from './generated/client';
import { pool } from './pool';

const opened = perProcess('prisma', () => new PrismaClient({ adapter: new PrismaPg(pool()) }));

/** Prisma over the shared pool: for reads and writes that are not hot. */
export function prisma(): PrismaClient {
  return opened.get();
}

export async function closePrisma(): Promise<void> {
  await opened.clear()?.$disconnect();
}
