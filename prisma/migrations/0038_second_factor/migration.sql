-- AlterTable
ALTER TABLE "organization" ADD COLUMN     "second_factor_required" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "session" ADD COLUMN     "second_factor" TEXT;

-- How a session came about was not stored before. With an app, a sign-in by password was asked for its code.
UPDATE "session" s SET "second_factor" = 'app' FROM "user" u WHERE u."id" = s."user_id" AND u."two_factor_enabled";
