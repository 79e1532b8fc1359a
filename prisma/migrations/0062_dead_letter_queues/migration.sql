-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "dead_letter_queue" TEXT,
ADD COLUMN     "dead_letters_sent_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "job" ADD COLUMN     "dead_letter_attempt" INTEGER;

-- Batches without a dead-letter queue have no entry.
CREATE INDEX "batch_dead_letter_queue_idx" ON "batch" ("id") WHERE "dead_letter_queue" IS NOT NULL;
