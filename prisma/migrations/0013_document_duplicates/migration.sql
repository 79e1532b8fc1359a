-- CreateTable
CREATE TABLE "document_duplicate" (
    "job_id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "batch_id" UUID,
    "of_job_id" UUID NOT NULL,

    CONSTRAINT "document_duplicate_pkey" PRIMARY KEY ("job_id")
);

-- CreateIndex
CREATE INDEX "document_duplicate_of_job_id_idx" ON "document_duplicate"("of_job_id");

-- CreateIndex
CREATE INDEX "document_duplicate_batch_id_idx" ON "document_duplicate"("batch_id");
