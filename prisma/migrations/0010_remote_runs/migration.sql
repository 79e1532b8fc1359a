-- CreateTable
CREATE TABLE "remote_run" (
    "job_id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "round" INTEGER NOT NULL DEFAULT 0,
    "files" JSON NOT NULL DEFAULT '{}',
    "remote_id" TEXT,
    "ended_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "remote_run_pkey" PRIMARY KEY ("job_id")
);

-- Few are open: those that a sweep looks at.
CREATE INDEX "remote_run_open_idx" ON "remote_run" ("job_id") WHERE "ended_at" IS NULL;
