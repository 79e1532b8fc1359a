-- CreateTable
CREATE TABLE "notification_channel" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "shown" JSON NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "disabled_at" TIMESTAMPTZ(3),
    "disabled_why" TEXT,
    "delivered_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_channel_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_rule" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "events" TEXT[],
    "query" TEXT,
    "thresholds" JSON NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_by" TEXT NOT NULL,
    "created_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_rule_channel" (
    "rule_id" UUID NOT NULL,
    "channel_id" UUID NOT NULL,

    CONSTRAINT "notification_rule_channel_pkey" PRIMARY KEY ("rule_id","channel_id")
);

-- CreateTable
CREATE TABLE "notification_alarm" (
    "rule_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "level" BIGINT NOT NULL DEFAULT 0,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_alarm_pkey" PRIMARY KEY ("rule_id","subject")
);

-- CreateTable
CREATE TABLE "notification_target" (
    "owner_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "organization_id" TEXT NOT NULL,
    "channel_id" UUID,
    "sealed" BYTEA,
    "shown" TEXT,

    CONSTRAINT "notification_target_pkey" PRIMARY KEY ("owner_id","position")
);

-- CreateTable
CREATE TABLE "notification_event" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "owner_id" UUID,
    "rule_id" UUID,
    "data" JSON NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_delivery" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "event_id" BIGINT,
    "owner_id" UUID,
    "rule_id" UUID,
    "channel_id" UUID,
    "sealed" BYTEA,
    "kind" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "lane" TEXT NOT NULL,
    "data" JSON NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "attempts_before" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3),
    "sending" BOOLEAN NOT NULL DEFAULT false,
    "answer_status" INTEGER,
    "answer" TEXT,
    "error" TEXT,
    "tries" JSON NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signing_secret" (
    "organization_id" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signing_secret_pkey" PRIMARY KEY ("organization_id")
);

-- CreateIndex
CREATE INDEX "notification_channel_organization_id_id_idx" ON "notification_channel"("organization_id", "id");

-- CreateIndex
CREATE INDEX "notification_rule_organization_id_id_idx" ON "notification_rule"("organization_id", "id");

-- CreateIndex
CREATE INDEX "notification_rule_channel_channel_id_idx" ON "notification_rule_channel"("channel_id");

-- CreateIndex
CREATE INDEX "notification_target_organization_id_idx" ON "notification_target"("organization_id");

-- CreateIndex
CREATE INDEX "notification_event_organization_id_idx" ON "notification_event"("organization_id");

-- CreateIndex
CREATE INDEX "notification_delivery_organization_id_id_idx" ON "notification_delivery"("organization_id", "id");

-- CreateIndex
CREATE INDEX "notification_delivery_channel_id_id_idx" ON "notification_delivery"("channel_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "notification_delivery_event_id_type_lane_key" ON "notification_delivery"("event_id", "type", "lane");

-- AddForeignKey
ALTER TABLE "notification_rule_channel" ADD CONSTRAINT "notification_rule_channel_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "notification_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_rule_channel" ADD CONSTRAINT "notification_rule_channel_channel_id_fkey" FOREIGN KEY ("channel_id") REFERENCES "notification_channel"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_alarm" ADD CONSTRAINT "notification_alarm_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "notification_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand.

ALTER TABLE "notification_delivery" ADD CONSTRAINT "notification_delivery_status_check" CHECK ("status" IN ('pending', 'delivered', 'failed'));
-- What is to be sent: few rows at any time. Its smallest value says how long a supervisor can wait.
CREATE INDEX "notification_delivery_next_idx" ON "notification_delivery" ("next_at") WHERE "status" = 'pending';
-- What a rule sent to a channel in the last minute decides whether the next event joins others in one message.
CREATE INDEX "notification_delivery_rule_idx" ON "notification_delivery" ("rule_id", "created_at") WHERE "rule_id" IS NOT NULL;
CREATE INDEX "notification_delivery_age_idx" ON "notification_delivery" USING BRIN ("created_at");

-- Moments of events: ISO 8601 in UTC, whatever the time zone of the connection.
CREATE FUNCTION "notify_time"("at" timestamptz) RETURNS text LANGUAGE sql AS $$
  SELECT to_char("at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- Writes an event, if anybody is told about it. It runs in the transaction that makes the event true, so none is lost and
-- none is reported that was rolled back.
CREATE FUNCTION "notify_event"("organization" text, "event_type" text, "types" text[], "owner" uuid, "content" json)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO "notification_event" ("organization_id", "type", "owner_id", "data")
  SELECT "organization", "event_type", "owner", "content"
  WHERE EXISTS (SELECT FROM "notification_target" WHERE "owner_id" = "owner" AND "event_type" LIKE '%.finished')
    OR EXISTS (SELECT FROM "notification_rule" r WHERE r."organization_id" = "organization" AND r."enabled" AND r."events" && "types")
$$;

CREATE FUNCTION "notify_batch"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  content json := json_build_object('batchId', NEW."id", 'name', NEW."name", 'jobType', NEW."type", 'status', NEW."status",
    'total', NEW."total", 'completed', NEW."completed", 'failed', NEW."failed", 'cancelled', NEW."cancelled", 'warned', NEW."warned",
    'run', NEW."run", 'pausedWhy', NEW."paused_why", 'createdBy', NEW."created_by", 'startedAt', "notify_time"(NEW."started_at"), 'finishedAt', "notify_time"(NEW."finished_at"));
BEGIN
  IF NEW."finished_at" IS NOT NULL THEN
    PERFORM "notify_event"(NEW."organization_id", 'batch.finished', ARRAY['batch.finished', 'batch.' || NEW."status"], NEW."id", content);
  ELSE
    PERFORM "notify_event"(NEW."organization_id", 'batch.paused', ARRAY['batch.paused'], NEW."id", content);
  END IF;
  RETURN NULL;
END $$;

-- While a batch runs, its counters pay the condition only.
CREATE TRIGGER "batch_notify_update" AFTER UPDATE ON "batch" FOR EACH ROW
  WHEN ((OLD."finished_at" IS NULL AND NEW."finished_at" IS NOT NULL)
    OR (NEW."paused" AND NOT OLD."paused" AND NEW."finished_at" IS NULL))
  EXECUTE FUNCTION "notify_batch"();

CREATE FUNCTION "notify_flow"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "notify_event"(NEW."organization_id", 'flow.finished', ARRAY['flow.finished'], NEW."id",
    json_build_object('flowId', NEW."id", 'name', NEW."name", 'jobType', NEW."type", 'status', NEW."status", 'total', NEW."total",
      'createdBy', NEW."created_by", 'finishedAt', "notify_time"(NEW."finished_at")));
  RETURN NULL;
END $$;
CREATE TRIGGER "flow_notify_update" AFTER UPDATE ON "flow" FOR EACH ROW
  WHEN (OLD."finished_at" IS NULL AND NEW."finished_at" IS NOT NULL) EXECUTE FUNCTION "notify_flow"();

CREATE FUNCTION "notify_job"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "notify_event"(NEW."organization_id", 'job.finished', ARRAY['job.finished'], NEW."id",
    json_build_object('jobId', NEW."id", 'name', NEW."name", 'jobType', NEW."type", 'status', NEW."outcome",
      'attempts', NEW."attempts_made", 'createdBy', NEW."created_by", 'finishedAt', "notify_time"(NEW."finished_at")));
  RETURN NULL;
END $$;
-- Children of batches fail the first part of the condition.
CREATE TRIGGER "job_notify_update" AFTER UPDATE ON "job" FOR EACH ROW
  WHEN (NEW."batch_id" IS NULL AND NEW."flow_id" IS NULL AND OLD."outcome" IS NULL AND NEW."outcome" IS NOT NULL)
  EXECUTE FUNCTION "notify_job"();

CREATE FUNCTION "notify_firing"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  event_type text := 'schedule.' || NEW."status";
  s record;
BEGIN
  SELECT * INTO s FROM "schedule" WHERE "id" = NEW."schedule_id";
  PERFORM "notify_event"(s."organization_id", event_type, ARRAY[event_type], s."id",
    json_build_object('scheduleId', s."id", 'name', s."name", 'dueAt', "notify_time"(NEW."due_at"), 'why', NEW."why"));
  RETURN NULL;
END $$;
CREATE TRIGGER "firing_notify_insert" AFTER INSERT ON "schedule_firing" FOR EACH ROW
  WHEN (NEW."status" IN ('missed', 'failed')) EXECUTE FUNCTION "notify_firing"();
CREATE TRIGGER "firing_notify_update" AFTER UPDATE ON "schedule_firing" FOR EACH ROW
  WHEN (NEW."status" IN ('missed', 'failed') AND OLD."status" IS DISTINCT FROM NEW."status") EXECUTE FUNCTION "notify_firing"();

CREATE FUNCTION "notify_schedule"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "notify_event"(NEW."organization_id", 'schedule.paused', ARRAY['schedule.paused'], NEW."id",
    json_build_object('scheduleId', NEW."id", 'name', NEW."name", 'why', NEW."paused_why"));
  RETURN NULL;
END $$;
-- Whoever pauses a schedule by hand knows it.
CREATE TRIGGER "schedule_notify_update" AFTER UPDATE ON "schedule" FOR EACH ROW
  WHEN (OLD."paused_at" IS NULL AND NEW."paused_at" IS NOT NULL AND NEW."paused_why" IS NOT NULL) EXECUTE FUNCTION "notify_schedule"();
