-- AlterTable
ALTER TABLE "node" ADD COLUMN "version" TEXT,
ADD COLUMN "jobs_hash" TEXT,
ADD COLUMN "own_types" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN "load" JSONB,
ADD COLUMN "drain_requested_at" TIMESTAMPTZ(3),
ADD COLUMN "draining_at" TIMESTAMPTZ(3);

-- A supervisor of the version before runs on during a rolling upgrade, and announced its types already.
UPDATE "node" n SET "own_types" = t."types" FROM (
  SELECT "node_id", jsonb_object_agg("type", "version") AS "types" FROM "own_job_type"
  WHERE "error" IS NULL AND "removed_at" IS NULL GROUP BY "node_id") t
WHERE t."node_id" = n."id";
