-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "checks_order" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "restating" JSON;

-- A claim finds in it the batches of which some rows may not start.
DROP INDEX "batch_held_idx";
CREATE INDEX "batch_held_idx" ON "batch" ("id") WHERE "paused" OR "slot_freed" OR "checks_order";

CREATE INDEX "batch_restating_idx" ON "batch" ("id") WHERE "restating" IS NOT NULL;
