-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "slot_at" TIMESTAMPTZ(3);

-- Batches that wait for a slot, by organization: the dispatcher jumps from one organization to the next, so one with
-- thousands of waiting batches costs no more than one with a single batch.
CREATE INDEX "batch_waiting_idx" ON "batch" ("organization_id", "priority" DESC, "queued_at")
  WHERE "queued_at" IS NOT NULL AND "cancel_mode" IS NULL AND NOT "paused";

-- CreateTable
CREATE TABLE "organization_setting" (
    "organization_id" TEXT NOT NULL,
    "settings" JSON NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_setting_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
-- What web processes hold open at the moment: after a crash of Postgres there is nothing to keep.
CREATE UNLOGGED TABLE "open_stream" (
    "process_id" TEXT NOT NULL,
    "organization_id" TEXT NOT NULL,
    "open" INTEGER NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "open_stream_pkey" PRIMARY KEY ("process_id","organization_id")
);

-- AddForeignKey
ALTER TABLE "organization_setting" ADD CONSTRAINT "organization_setting_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;
