-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "cut_short" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "slot_freed" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "wakes_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "batch_dispatch" ADD COLUMN     "recall" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "attempt" ADD COLUMN     "run" INTEGER;

-- AlterTable
ALTER TABLE "consumer" ADD COLUMN     "guarded_at" TIMESTAMPTZ(3);

-- Batches whose children may not start: few, so that a claim asks for all of them at once instead of once for each row.
CREATE INDEX "batch_held_idx" ON "batch" ("id") WHERE "paused" OR "slot_freed";

-- A paused batch holds no slot from now on.
UPDATE "batch" SET "slot_freed" = true WHERE "paused" AND "status" = 'in-progress';
