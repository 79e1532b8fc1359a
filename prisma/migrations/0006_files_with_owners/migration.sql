-- AlterTable
ALTER TABLE "file" ADD COLUMN     "attempt" INTEGER,
ADD COLUMN     "hidden_at" TIMESTAMPTZ(3),
ADD COLUMN     "job_id" UUID,
ADD COLUMN     "storage" TEXT NOT NULL DEFAULT 'local';

-- CreateTable
CREATE TABLE "file_use" (
    "file_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,

    CONSTRAINT "file_use_pkey" PRIMARY KEY ("file_id","owner_id")
);

-- CreateIndex
CREATE INDEX "file_use_owner_id_idx" ON "file_use"("owner_id");

-- Written by hand.

-- Artifacts: a job's files by name, the newest of each attempt.
CREATE UNIQUE INDEX "file_artifact_key" ON "file" ("job_id", "attempt", "name")
  WHERE "job_id" IS NOT NULL AND "hidden_at" IS NULL;
CREATE INDEX "file_hidden_idx" ON "file" ("hidden_at") WHERE "hidden_at" IS NOT NULL;
-- Uploads, oldest first: the sweep looks for those that nobody needs.
CREATE INDEX "file_upload_idx" ON "file" ("created_at") WHERE "job_id" IS NULL AND "hidden_at" IS NULL;

-- What was uploaded before is needed by the jobs that name it.
INSERT INTO "file_use" ("file_id", "owner_id")
  SELECT DISTINCT f."id", coalesce(j."batch_id", j."id") FROM "job" j
    JOIN "file" f ON f."id"::text = j."data"->>'fileId' AND f."organization_id" = j."organization_id"
  WHERE j."type" = 'document-processing';
