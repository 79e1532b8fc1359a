-- Written by hand.

-- A short run ends before anybody looks for its failures, so its end also asks the rules about failure rates.
CREATE OR REPLACE FUNCTION "notify_batch"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  content json := json_build_object('batchId', NEW."id", 'name', NEW."name", 'jobType', NEW."type", 'status', NEW."status",
    'total', NEW."total", 'completed', NEW."completed", 'failed', NEW."failed", 'cancelled', NEW."cancelled", 'warned', NEW."warned",
    'run', NEW."run", 'pausedWhy', NEW."paused_why", 'createdBy', NEW."created_by", 'startedAt', "notify_time"(NEW."started_at"), 'finishedAt', "notify_time"(NEW."finished_at"));
BEGIN
  IF NEW."finished_at" IS NULL THEN
    PERFORM "notify_event"(NEW."organization_id", 'batch.paused', ARRAY['batch.paused'], NEW."id", content);
  ELSIF NEW."failed" > 0 THEN
    PERFORM "notify_event"(NEW."organization_id", 'batch.finished',
      ARRAY['batch.finished', 'batch.' || NEW."status", 'batch.failure-rate'], NEW."id", content);
  ELSE
    PERFORM "notify_event"(NEW."organization_id", 'batch.finished', ARRAY['batch.finished', 'batch.' || NEW."status"], NEW."id", content);
  END IF;
  RETURN NULL;
END $$;
