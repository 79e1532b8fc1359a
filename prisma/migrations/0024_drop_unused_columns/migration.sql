-- AlterTable
ALTER TABLE "attempt" DROP COLUMN "consumer_id";

-- AlterTable
ALTER TABLE "node" DROP COLUMN "slots";
