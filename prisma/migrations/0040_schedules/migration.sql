-- CreateTable
CREATE TABLE "schedule" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "cron" TEXT,
    "every_seconds" INTEGER,
    "time_zone" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "launch" JSON NOT NULL,
    "summary" JSON NOT NULL,
    "types" TEXT[],
    "overlap" TEXT NOT NULL DEFAULT 'skip',
    "catch_up" TEXT NOT NULL DEFAULT 'none',
    "catch_up_seconds" INTEGER,
    "jitter_seconds" INTEGER NOT NULL DEFAULT 0,
    "start_at" TIMESTAMPTZ(3),
    "end_at" TIMESTAMPTZ(3),
    "exclude" JSON NOT NULL DEFAULT '[]',
    "pause_after_failures" INTEGER,
    "counted_from" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "anchor" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "paused_at" TIMESTAMPTZ(3),
    "paused_why" TEXT,
    "next_due" TIMESTAMPTZ(3),
    "next_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "schedule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "schedule_firing" (
    "schedule_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'clock',
    "overlap" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "fired_at" TIMESTAMPTZ(3),
    "batch_id" UUID,
    "job_id" UUID,
    "flow_id" UUID,
    "why" TEXT,
    "outcome" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "retry_at" TIMESTAMPTZ(3),

    CONSTRAINT "schedule_firing_pkey" PRIMARY KEY ("schedule_id","due_at")
);

-- CreateIndex
CREATE INDEX "schedule_organization_id_id_idx" ON "schedule"("organization_id", "id");

-- AddForeignKey
ALTER TABLE "schedule_firing" ADD CONSTRAINT "schedule_firing_schedule_id_fkey" FOREIGN KEY ("schedule_id") REFERENCES "schedule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The next schedule that is due. Its smallest value tells a supervisor how long it can sleep.
CREATE INDEX "schedule_next_idx" ON "schedule" ("next_at") WHERE "next_at" IS NOT NULL;

-- Firings that are to be launched, and runs whose end is not known yet: few at any time.
CREATE INDEX "schedule_firing_queued_idx" ON "schedule_firing" ("decided_at") WHERE "status" = 'queued';
CREATE INDEX "schedule_firing_open_idx" ON "schedule_firing" ("schedule_id") WHERE "status" = 'launched' AND "outcome" IS NULL;
