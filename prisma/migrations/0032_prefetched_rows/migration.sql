-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "prefetch_ended" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "batch_dispatch" ADD COLUMN     "prefetched" INTEGER NOT NULL DEFAULT 0;
