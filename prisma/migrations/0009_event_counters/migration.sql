-- CreateTable
CREATE TABLE "event_counter" (
    "organization_id" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "count" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "event_counter_pkey" PRIMARY KEY ("organization_id","event")
);
