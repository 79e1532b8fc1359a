-- AlterTable
ALTER TABLE "batch" ADD COLUMN     "searchable" TEXT[];

-- CreateTable
CREATE TABLE "search_key" (
    "key" BIGINT NOT NULL,
    "job_id" UUID NOT NULL,

    CONSTRAINT "search_key_pkey" PRIMARY KEY ("key","job_id")
);

-- CreateTable
CREATE TABLE "saved_view" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "of" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "columns" JSON,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL DEFAULT 0,
    "owner_id" TEXT NOT NULL,
    "user_id" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "saved_view_organization_id_idx" ON "saved_view"("organization_id");

-- CreateIndex
CREATE INDEX "saved_view_user_id_idx" ON "saved_view"("user_id");

-- AddForeignKey
ALTER TABLE "saved_view" ADD CONSTRAINT "saved_view_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saved_view" ADD CONSTRAINT "saved_view_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Written by hand.
-- Batches with searchable fields: whether an organization has any is asked by every search for a value.
CREATE INDEX "batch_searchable_idx" ON "batch" ("organization_id") WHERE "searchable" IS NOT NULL;
ALTER TABLE "saved_view" ADD CONSTRAINT "saved_view_of_check" CHECK ("of" IN ('jobs', 'batches', 'flows'));
-- A list opens with one view: of its owner, and of the organization.
CREATE UNIQUE INDEX "saved_view_own_default" ON "saved_view" ("organization_id", "owner_id", "of") WHERE "is_default" AND NOT "shared";
CREATE UNIQUE INDEX "saved_view_shared_default" ON "saved_view" ("organization_id", "of") WHERE "is_default" AND "shared";
