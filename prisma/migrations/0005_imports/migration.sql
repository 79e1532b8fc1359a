-- CreateTable
CREATE TABLE "import" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "files" JSON NOT NULL,
    "content" TEXT NOT NULL DEFAULT 'rows',
    "url" TEXT,
    "detected" JSON,
    "reading" JSON,
    "columns" JSON NOT NULL DEFAULT '[]',
    "preview" JSON NOT NULL DEFAULT '[]',
    "mapping" JSON NOT NULL DEFAULT '{}',
    "edits" JSON NOT NULL DEFAULT '{}',
    "revision" INTEGER NOT NULL DEFAULT 0,
    "job_id" UUID,
    "bytes_total" BIGINT NOT NULL DEFAULT 0,
    "bytes_read" BIGINT NOT NULL DEFAULT 0,
    "rows" INTEGER NOT NULL DEFAULT 0,
    "good" INTEGER NOT NULL DEFAULT 0,
    "bad" INTEGER NOT NULL DEFAULT 0,
    "error" JSON,
    "launch" JSON,
    "refusal" JSON,
    "trial_batch_id" UUID,
    "batch_id" UUID,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "import_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_issue" (
    "import_id" UUID NOT NULL,
    "row" INTEGER NOT NULL,
    "problems" JSON NOT NULL,
    "cells" JSON,

    CONSTRAINT "import_issue_pkey" PRIMARY KEY ("import_id","row")
);

-- CreateTable
CREATE TABLE "import_mapping" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "mapping" JSON NOT NULL,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "import_mapping_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "import_organization_id_id_idx" ON "import"("organization_id", "id");

-- CreateIndex
CREATE INDEX "import_updated_at_idx" ON "import"("updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "import_mapping_organization_id_type_name_key" ON "import_mapping"("organization_id", "type", "name");

-- AddForeignKey
ALTER TABLE "import_issue" ADD CONSTRAINT "import_issue_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "import"("id") ON DELETE CASCADE ON UPDATE CASCADE;
