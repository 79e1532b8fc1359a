-- Written by hand.
-- Retries in progress: the sweep looks for those whose process died.
CREATE INDEX "batch_reopening_idx" ON "batch" ("id") WHERE "reopening" IS NOT NULL;
