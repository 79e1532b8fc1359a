-- AlterTable
ALTER TABLE "adopted" ADD COLUMN     "answered_stalls" INTEGER,
ADD COLUMN     "outside_children" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "adopted_queue_job_id_idx" ON "adopted"("queue_job_id");
