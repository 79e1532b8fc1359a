-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "warned" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "job" ADD COLUMN     "warnings" JSON;

-- Written by hand.

-- Few rows have any: this finds them in a large batch, and costs the others no entry.
CREATE INDEX "job_warned_idx" ON "job" ("batch_id", "item_index") WHERE "warnings" IS NOT NULL;
