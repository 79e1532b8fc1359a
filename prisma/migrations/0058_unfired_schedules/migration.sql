-- What schedules missed or could not launch is few, and is listed often.
CREATE INDEX "schedule_firing_unfired_idx" ON "schedule_firing" ("schedule_id", "due_at") WHERE "status" IN ('missed', 'failed');
