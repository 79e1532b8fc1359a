export type { Prisma } from './generated/client';
export { isId, newId } from './ids';
export { closePool, pool } from './pool';
export { closePrisma, prisma } from './prisma';
export { retrying } from './retrying';
export { type Sql, type Transaction, transaction } from './transaction';
export { isUniqueViolation } from './unique-violation';
