-- DropIndex
DROP INDEX "job_batch_id_seq_idx";

-- DropIndex
DROP INDEX "job_batch_id_status_item_index_idx";

-- DropIndex
DROP INDEX "job_organization_id_id_idx";

-- DropIndex
DROP INDEX "job_status_organization_id_id_idx";

-- DropIndex
DROP INDEX "job_organization_id_idempotency_key_key";

-- AlterTable
ALTER TABLE "batch_dispatch" ADD COLUMN     "initial" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "reach" INTEGER NOT NULL DEFAULT -1;

-- Written by hand.

-- Null while the job is open. Indexes know only this, not the status: pending, active and delayed are changes that
-- touch no index and stay on their page (HOT), which more than halves what a claim costs.
ALTER TABLE "job" ADD COLUMN "outcome" TEXT GENERATED ALWAYS AS (
  CASE WHEN "status" IN ('completed', 'failed', 'cancelled') THEN "status" END
) STORED;

CREATE UNIQUE INDEX "job_organization_id_idempotency_key_key" ON "job" ("organization_id", "idempotency_key")
  WHERE "idempotency_key" IS NOT NULL;
-- What is open of a batch, in order: the dispatcher's and the counters' way in.
CREATE INDEX "job_open_idx" ON "job" ("batch_id", "item_index") WHERE "outcome" IS NULL;
-- Rows that were retried or added wait behind those of the launch.
CREATE INDEX "job_retried_idx" ON "job" ("batch_id", "seq") WHERE "seq" IS NOT NULL AND "outcome" IS NULL;
CREATE INDEX "job_batch_outcome_idx" ON "job" ("batch_id", "outcome", "item_index") WHERE "outcome" IS NOT NULL;
CREATE INDEX "job_organization_outcome_idx" ON "job" ("organization_id", "outcome", "id") WHERE "outcome" IS NOT NULL;
CREATE INDEX "job_single_idx" ON "job" ("organization_id", "id") WHERE "batch_id" IS NULL;
CREATE INDEX "job_single_open_idx" ON "job" ("id") WHERE "batch_id" IS NULL AND "outcome" IS NULL;

-- Rows that were handed to the queue and have not ended: at most a window for each running batch.
CREATE VIEW "in_flight" AS
  SELECT j.* FROM "batch" b
    JOIN "batch_dispatch" d ON d."batch_id" = b."id"
    JOIN "job" j ON j."batch_id" = b."id" AND j."outcome" IS NULL AND j."item_index" <= d."reach"
    WHERE b."status" = 'in-progress'
  UNION ALL
  SELECT j.* FROM "job" j WHERE j."batch_id" IS NULL AND j."outcome" IS NULL;

-- A claimed row finds room for its next version beside itself.
ALTER TABLE "job" SET (fillfactor = 60);
