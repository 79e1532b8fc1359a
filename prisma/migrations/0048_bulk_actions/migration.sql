-- AlterTable
ALTER TABLE "job" ADD COLUMN     "discard_note" TEXT,
ADD COLUMN     "discarded_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "bulk_action" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'selecting',
    "query" TEXT,
    "set" JSON,
    "rate_per_minute" INTEGER,
    "note" TEXT,
    "matched" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "reasons" JSON NOT NULL DEFAULT '{}',
    "estimate" JSON,
    "at_group" UUID,
    "at_job" UUID,
    "in_group" INTEGER NOT NULL DEFAULT 0,
    "unsealed" UUID,
    "next_at" TIMESTAMPTZ(3),
    "tries" INTEGER NOT NULL DEFAULT 0,
    "started_by" JSON,
    "created_by" TEXT NOT NULL,
    "created_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "aborted_by" TEXT,

    CONSTRAINT "bulk_action_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bulk_action_job" (
    "bulk_action_id" UUID NOT NULL,
    "group_id" UUID NOT NULL,
    "job_id" UUID NOT NULL,
    "was" TEXT NOT NULL,
    "delivery" INTEGER NOT NULL,
    "state" TEXT,
    "why" TEXT,
    "detail" TEXT,

    CONSTRAINT "bulk_action_job_pkey" PRIMARY KEY ("bulk_action_id","group_id","job_id")
);

-- CreateIndex
CREATE INDEX "bulk_action_organization_id_id_idx" ON "bulk_action"("organization_id", "id");

-- Written by hand.
ALTER TABLE "bulk_action" ADD CONSTRAINT "bulk_action_action_check" CHECK ("action" IN ('retry', 'cancel', 'edit', 'discard', 'delete'));
ALTER TABLE "bulk_action" ADD CONSTRAINT "bulk_action_status_check" CHECK ("status" IN ('selecting', 'estimated', 'running', 'completed', 'aborted'));
ALTER TABLE "bulk_action_job" ADD CONSTRAINT "bulk_action_job_state_check" CHECK ("state" IN ('done', 'failed', 'skipped'));
-- What supervisors look for: the one that waits longest.
CREATE INDEX "bulk_action_next_at_idx" ON "bulk_action" ("next_at") WHERE "status" = 'running';
-- Estimates that nobody started.
CREATE INDEX "bulk_action_expires_at_idx" ON "bulk_action" ("expires_at") WHERE "status" IN ('selecting', 'estimated');
