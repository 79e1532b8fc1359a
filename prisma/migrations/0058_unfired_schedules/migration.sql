-- What schedules missed or could not launch is few, and is listed often. So is what somebody ran by hand.
CREATE INDEX "schedule_firing_unfired_idx" ON "schedule_firing" ("schedule_id", "due_at") WHERE "status" IN ('missed', 'failed');
CREATE INDEX "schedule_firing_hand_idx" ON "schedule_firing" ("schedule_id", "due_at") WHERE "kind" = 'hand';
