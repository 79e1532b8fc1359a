-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "idempotency_hash" TEXT;

-- AlterTable
ALTER TABLE "batch_addition" ADD COLUMN     "idempotency_hash" TEXT;

-- AlterTable
ALTER TABLE "flow" ADD COLUMN     "idempotency_hash" TEXT;

-- AlterTable
ALTER TABLE "job" ADD COLUMN     "idempotency_hash" TEXT;

-- AlterTable
ALTER TABLE "job_tally" ALTER COLUMN "total" SET DATA TYPE BIGINT,
ALTER COLUMN "completed" SET DATA TYPE BIGINT,
ALTER COLUMN "failed" SET DATA TYPE BIGINT,
ALTER COLUMN "cancelled" SET DATA TYPE BIGINT;

-- Written by hand.

-- A finished batch is in the tally, an unfinished one is read: while it runs, its counters pay the condition only.
CREATE FUNCTION "tally_batch"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD."status" NOT IN ('pending', 'in-progress') THEN
    INSERT INTO "job_tally" ("organization_id", "type", "total", "completed", "failed", "cancelled")
      VALUES (OLD."organization_id", OLD."type", -OLD."total", -OLD."completed", -OLD."failed", -OLD."cancelled");
  END IF;
  IF TG_OP <> 'DELETE' AND NEW."status" NOT IN ('pending', 'in-progress') THEN
    INSERT INTO "job_tally" ("organization_id", "type", "total", "completed", "failed", "cancelled")
      VALUES (NEW."organization_id", NEW."type", NEW."total", NEW."completed", NEW."failed", NEW."cancelled");
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "batch_tally_insert" AFTER INSERT ON "batch" FOR EACH ROW
  WHEN (NEW."status" NOT IN ('pending', 'in-progress')) EXECUTE FUNCTION "tally_batch"();
CREATE TRIGGER "batch_tally_update" AFTER UPDATE ON "batch" FOR EACH ROW
  WHEN ((OLD."status" NOT IN ('pending', 'in-progress') OR NEW."status" NOT IN ('pending', 'in-progress'))
    AND (OLD."status", OLD."total", OLD."completed", OLD."failed", OLD."cancelled")
      IS DISTINCT FROM (NEW."status", NEW."total", NEW."completed", NEW."failed", NEW."cancelled"))
  EXECUTE FUNCTION "tally_batch"();
CREATE TRIGGER "batch_tally_delete" AFTER DELETE ON "batch" FOR EACH ROW
  WHEN (OLD."status" NOT IN ('pending', 'in-progress')) EXECUTE FUNCTION "tally_batch"();

INSERT INTO "job_tally" ("organization_id", "type", "total", "completed", "failed", "cancelled")
  SELECT "organization_id", "type", sum("total"), sum("completed"), sum("failed"), sum("cancelled")
  FROM "batch" WHERE "status" NOT IN ('pending', 'in-progress') GROUP BY 1, 2;
