import type { Fault } from '@/chaos/fault';
import { BULK_ACTION_FAULTS } from './bulk-actions';
import { CONSUMER_FAULTS, PROCESS_FAULTS } from './consumers';
import { POSTGRES_FAULTS } from './postgres';
import { RACES } from './races';
import { REDIS_FAULTS } from './redis';
import { STREAM_FAULTS } from './streams';
import { TREE_FAULTS } from './trees';
import { WEB_FAULTS } from './web';

export const FAULTS: Fault[] = [
  ...CONSUMER_FAULTS,
  ...PROCESS_FAULTS,
  ...REDIS_FAULTS,
  ...POSTGRES_FAULTS,
  ...RACES,
  ...WEB_FAULTS,
  ...TREE_FAULTS,
  ...STREAM_FAULTS,
  ...BULK_ACTION_FAULTS,
];
