-- AlterTable
ALTER TABLE "member" ADD COLUMN     "sees_payloads" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "user" ADD COLUMN     "system_admin" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "session" ADD COLUMN     "active_organization_id" TEXT,
ADD COLUMN     "authenticated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "previous_hash" TEXT,
ADD COLUMN     "previous_until" TIMESTAMPTZ(3),
ADD COLUMN     "scopes" JSON,
ADD COLUMN     "sees_payloads" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "system_admin" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "audit" RENAME COLUMN "verb" TO "action";
ALTER TABLE "audit" RENAME COLUMN "target" TO "target_id";
ALTER TABLE "audit" RENAME COLUMN "detail" TO "after";
ALTER TABLE "audit" ADD COLUMN     "actor_id" TEXT,
ADD COLUMN     "actor_kind" TEXT,
ADD COLUMN     "address" TEXT,
ADD COLUMN     "before" JSON,
ADD COLUMN     "credential_id" TEXT,
ADD COLUMN     "request_id" TEXT,
ADD COLUMN     "target_kind" TEXT,
ADD COLUMN     "target_name" TEXT,
ALTER COLUMN "organization_id" DROP NOT NULL;

-- Entries of earlier versions have a name only.
UPDATE "audit" SET "actor_kind" = CASE WHEN "actor" = 'system' THEN 'system' WHEN "actor" = 'BullMQ' THEN 'client' ELSE 'user' END,
"target_kind" = split_part("action", '.', 1);
ALTER TABLE "audit" ALTER COLUMN "actor_kind" SET NOT NULL,
ALTER COLUMN "target_kind" SET NOT NULL;

-- CreateTable
CREATE TABLE "invitation" (
    "id" UUID NOT NULL,
    "organization_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "invited_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization_limit" (
    "organization_id" TEXT NOT NULL,
    "limits" JSON NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_limit_pkey" PRIMARY KEY ("organization_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "invitation_token_hash_key" ON "invitation"("token_hash");

-- CreateIndex
CREATE INDEX "invitation_organization_id_idx" ON "invitation"("organization_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_previous_hash_key" ON "api_key"("previous_hash");

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organization_limit" ADD CONSTRAINT "organization_limit_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "api_key" DROP CONSTRAINT "api_key_role_check";
ALTER TABLE "member" DROP CONSTRAINT "member_role_check";
-- The oldest administrator of each organization becomes its owner; those of the oldest organization run the system too.
UPDATE "member" SET "role" = 'operator' WHERE "role" = 'member';
UPDATE "member" SET "role" = 'owner' WHERE "id" IN (
  SELECT DISTINCT ON ("organization_id") "id" FROM "member" WHERE "role" = 'admin' ORDER BY "organization_id", "created_at", "id");
UPDATE "user" SET "system_admin" = true WHERE "id" IN (
  SELECT "user_id" FROM "member" WHERE "role" = 'owner'
    AND "organization_id" = (SELECT "id" FROM "organization" ORDER BY "created_at", "id" LIMIT 1));
UPDATE "api_key" SET "role" = 'operator' WHERE "role" <> 'admin';
UPDATE "api_key" SET "role" = 'owner', "system_admin" = true WHERE "name" = 'First key (INIT_API_KEY)' AND "role" = 'admin'
  AND "organization_id" = (SELECT "id" FROM "organization" ORDER BY "created_at", "id" LIMIT 1);

ALTER TABLE "api_key" ADD CONSTRAINT "api_key_role_check" CHECK ("role" IN ('viewer', 'operator', 'admin', 'owner'));
ALTER TABLE "member" ADD CONSTRAINT "member_role_check" CHECK ("role" IN ('viewer', 'operator', 'admin', 'owner'));
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_role_check" CHECK ("role" IN ('viewer', 'operator', 'admin', 'owner'));
