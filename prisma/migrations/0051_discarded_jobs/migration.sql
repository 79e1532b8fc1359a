-- Written by hand.
-- How many children of a batch were discarded. Other rows have no entry.
CREATE INDEX "job_discarded_idx" ON "job" ("batch_id") WHERE "discarded_at" IS NOT NULL;
