-- CreateTable
CREATE TABLE "own_job_type" (
    "origin" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "node_id" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "definition" JSON,
    "error" JSON,
    "announced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),
    "changed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "own_job_type_pkey" PRIMARY KEY ("origin","path")
);

-- CreateIndex
CREATE INDEX "own_job_type_type_idx" ON "own_job_type"("type");
