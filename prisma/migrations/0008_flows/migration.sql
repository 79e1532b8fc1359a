-- AlterTable
ALTER TABLE "job" ADD COLUMN     "flow_id" UUID,
ADD COLUMN     "parent_job_id" UUID;

-- CreateTable
CREATE TABLE "flow" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "total" INTEGER NOT NULL,
    "levels" INTEGER NOT NULL,
    "types" TEXT[],
    "counts" JSON,
    "as_tree" BOOLEAN NOT NULL DEFAULT false,
    "cancel_mode" TEXT,
    "correlation_id" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "flow_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "flow_node" (
    "job_id" UUID NOT NULL,
    "flow_id" UUID NOT NULL,
    "place" INTEGER NOT NULL,
    "depth" INTEGER NOT NULL,
    "child_index" INTEGER NOT NULL,
    "child_count" INTEGER NOT NULL,
    "policy" TEXT NOT NULL,
    "delay_ms" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "flow_node_pkey" PRIMARY KEY ("job_id")
);

-- CreateTable
CREATE TABLE "adopted" (
    "queue" TEXT NOT NULL,
    "queue_job_id" TEXT NOT NULL,
    "added_at" BIGINT NOT NULL,
    "job_id" UUID NOT NULL,

    CONSTRAINT "adopted_pkey" PRIMARY KEY ("queue","queue_job_id","added_at")
);

-- CreateIndex
CREATE INDEX "flow_organization_id_id_idx" ON "flow"("organization_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "flow_node_flow_id_place_key" ON "flow_node"("flow_id", "place");

-- CreateIndex
CREATE INDEX "adopted_job_id_idx" ON "adopted"("job_id");

-- Written by hand.

-- Children of a node: what is open, and what failed, each found without reading the others. Ordinary children of
-- batches have no entry in either index.
CREATE INDEX "job_parent_outcome_idx" ON "job" ("parent_job_id", "outcome") WHERE "parent_job_id" IS NOT NULL;
CREATE INDEX "job_flow_idx" ON "job" ("flow_id", "outcome") WHERE "flow_id" IS NOT NULL;
CREATE UNIQUE INDEX "flow_organization_id_idempotency_key_key" ON "flow" ("organization_id", "idempotency_key")
  WHERE "idempotency_key" IS NOT NULL;
CREATE INDEX "flow_open_idx" ON "flow" ("id") WHERE "finished_at" IS NULL;
ALTER TABLE "flow" ADD CONSTRAINT "flow_status_check"
  CHECK ("status" IN ('pending', 'completed', 'failed', 'cancelled') AND ("status" = 'pending') = ("finished_at" IS NULL));
ALTER TABLE "flow" ADD CONSTRAINT "flow_cancel_mode_check" CHECK ("cancel_mode" IN ('graceful', 'force'));
ALTER TABLE "flow_node" ADD CONSTRAINT "flow_node_policy_check"
  CHECK ("policy" IN ('fail-parent', 'ignore', 'continue-parent', 'remove'));

-- The same view with the columns that jobs have gained.
CREATE OR REPLACE VIEW "in_flight" AS
  SELECT j.* FROM "batch" b
    JOIN "batch_dispatch" d ON d."batch_id" = b."id"
    JOIN "job" j ON j."batch_id" = b."id" AND j."outcome" IS NULL AND j."item_index" <= d."reach"
    WHERE b."status" = 'in-progress' OR (b."status" = 'pending' AND d."loose")
  UNION ALL
  SELECT j.* FROM "job" j WHERE j."batch_id" IS NULL AND j."outcome" IS NULL;
