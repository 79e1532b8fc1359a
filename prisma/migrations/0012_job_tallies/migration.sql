-- CreateTable
CREATE TABLE "job_tally" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "completed" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "cancelled" INTEGER NOT NULL,

    CONSTRAINT "job_tally_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "job_tally_organization_id_idx" ON "job_tally"("organization_id");

-- Written by hand.

-- Children of batches are counted by their batch: for them the condition of the trigger is all that is paid.
CREATE FUNCTION "tally_job"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD."batch_id" IS NULL THEN
    INSERT INTO "job_tally" ("organization_id", "type", "total", "completed", "failed", "cancelled") VALUES (
      OLD."organization_id", OLD."type", -1, -(OLD."outcome" IS NOT DISTINCT FROM 'completed')::int,
      -(OLD."outcome" IS NOT DISTINCT FROM 'failed')::int, -(OLD."outcome" IS NOT DISTINCT FROM 'cancelled')::int);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW."batch_id" IS NULL THEN
    INSERT INTO "job_tally" ("organization_id", "type", "total", "completed", "failed", "cancelled") VALUES (
      NEW."organization_id", NEW."type", 1, (NEW."outcome" IS NOT DISTINCT FROM 'completed')::int,
      (NEW."outcome" IS NOT DISTINCT FROM 'failed')::int, (NEW."outcome" IS NOT DISTINCT FROM 'cancelled')::int);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "job_tally_insert" AFTER INSERT ON "job" FOR EACH ROW
  WHEN (NEW."batch_id" IS NULL) EXECUTE FUNCTION "tally_job"();
CREATE TRIGGER "job_tally_update" AFTER UPDATE ON "job" FOR EACH ROW
  WHEN ((OLD."batch_id" IS NULL OR NEW."batch_id" IS NULL)
    AND (OLD."outcome" IS DISTINCT FROM NEW."outcome" OR OLD."batch_id" IS DISTINCT FROM NEW."batch_id"
      OR OLD."type" IS DISTINCT FROM NEW."type"))
  EXECUTE FUNCTION "tally_job"();
CREATE TRIGGER "job_tally_delete" AFTER DELETE ON "job" FOR EACH ROW
  WHEN (OLD."batch_id" IS NULL) EXECUTE FUNCTION "tally_job"();

INSERT INTO "job_tally" ("organization_id", "type", "total", "completed", "failed", "cancelled")
  SELECT "organization_id", "type", count(*), count(*) FILTER (WHERE "outcome" = 'completed'),
    count(*) FILTER (WHERE "outcome" = 'failed'), count(*) FILTER (WHERE "outcome" = 'cancelled')
  FROM "job" WHERE "batch_id" IS NULL GROUP BY 1, 2;
