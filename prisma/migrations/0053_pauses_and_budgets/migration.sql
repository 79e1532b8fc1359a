-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "budget_until" TIMESTAMPTZ(3),
ADD COLUMN     "paused_at" TIMESTAMPTZ(3),
ADD COLUMN     "paused_why" TEXT;

-- CreateTable
CREATE TABLE "work_pause" (
    "scope" TEXT NOT NULL,
    "paused_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "paused_by" TEXT NOT NULL,
    "resumed_at" TIMESTAMPTZ(3),
    "delivered_to" UUID,

    CONSTRAINT "work_pause_pkey" PRIMARY KEY ("scope")
);

UPDATE "batch" SET "paused_at" = now() WHERE "paused";

CREATE INDEX "batch_budget_idx" ON "batch" ("budget_until") WHERE "budget_until" IS NOT NULL AND "finished_at" IS NULL;
