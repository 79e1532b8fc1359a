-- AlterTable
ALTER TABLE "job" ADD COLUMN     "waiting_since" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "history_delta" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "started_minute" TIMESTAMPTZ(0),
    "ended_minute" TIMESTAMPTZ(0) NOT NULL,
    "started" INTEGER NOT NULL DEFAULT 0,
    "completed" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "cancelled" INTEGER NOT NULL DEFAULT 0,
    "retried" INTEGER NOT NULL DEFAULT 0,
    "reopened_failed" INTEGER NOT NULL DEFAULT 0,
    "reopened_cancelled" INTEGER NOT NULL DEFAULT 0,
    "waits" SMALLINT[],
    "durations" SMALLINT[],

    CONSTRAINT "history_delta_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "history" (
    "organization_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "started" BIGINT NOT NULL DEFAULT 0,
    "completed" BIGINT NOT NULL DEFAULT 0,
    "failed" BIGINT NOT NULL DEFAULT 0,
    "cancelled" BIGINT NOT NULL DEFAULT 0,
    "retried" BIGINT NOT NULL DEFAULT 0,
    "reopened_failed" BIGINT NOT NULL DEFAULT 0,
    "reopened_cancelled" BIGINT NOT NULL DEFAULT 0,
    "waits" JSONB NOT NULL DEFAULT '{}',
    "durations" JSONB NOT NULL DEFAULT '{}',
    "queued" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "history_pkey" PRIMARY KEY ("organization_id","step","type","at")
);

-- CreateTable
CREATE TABLE "worker_history" (
    "step" TEXT NOT NULL,
    "at" TIMESTAMPTZ(0) NOT NULL,
    "workers" INTEGER NOT NULL,
    "measured_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "worker_history_pkey" PRIMARY KEY ("step","at")
);

-- CreateIndex
CREATE INDEX "history_step_at_idx" ON "history"("step", "at");

-- AddForeignKey
ALTER TABLE "history" ADD CONSTRAINT "history_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand.

-- A group of 500 outcomes is 2 kB: it stays in its row, and no time is spent on compressing what lives for seconds.
ALTER TABLE "history_delta" ALTER COLUMN "waits" SET STORAGE EXTERNAL, ALTER COLUMN "durations" SET STORAGE EXTERNAL;
ALTER TABLE "history_delta" SET (toast_tuple_target = 8160);
-- The sums of the present hour and day change every few seconds: their new versions fit on the same page.
ALTER TABLE "history" SET (fillfactor = 50);
