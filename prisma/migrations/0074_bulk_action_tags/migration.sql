-- AlterTable
ALTER TABLE "bulk_action" ADD COLUMN     "tags" JSON;

ALTER TABLE "bulk_action" DROP CONSTRAINT "bulk_action_action_check";
ALTER TABLE "bulk_action" ADD CONSTRAINT "bulk_action_action_check" CHECK ("action" IN ('retry', 'cancel', 'edit', 'tag', 'discard', 'delete'));
