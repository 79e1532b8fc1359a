-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "announced" INTEGER,
ADD COLUMN     "seal_after" INTEGER,
ADD COLUMN     "seals_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "batch_dispatch" ADD COLUMN     "delayed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "loose" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "next_due" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "batch_addition" (
    "batch_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "added" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "batch_addition_pkey" PRIMARY KEY ("batch_id","key")
);

-- Written by hand.

-- Batches that the sweep has to seal: few, and only while they are open.
CREATE INDEX "batch_unsealed_idx" ON "batch" ("seals_at") WHERE NOT "sealed";
-- Children that are not in line stand at the end of all numbers; see SEQ_NOT_IN_LINE in lib/domain/batch.
-- Rows that were handed to the queue and have not ended; those of a loose batch also before it runs.
DROP VIEW "in_flight";
CREATE VIEW "in_flight" AS
  SELECT j.* FROM "batch" b
    JOIN "batch_dispatch" d ON d."batch_id" = b."id"
    JOIN "job" j ON j."batch_id" = b."id" AND j."outcome" IS NULL AND j."item_index" <= d."reach"
    WHERE b."status" = 'in-progress' OR (b."status" = 'pending' AND d."loose")
  UNION ALL
  SELECT j.* FROM "job" j WHERE j."batch_id" IS NULL AND j."outcome" IS NULL;
