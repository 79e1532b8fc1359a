-- Written by hand.

-- JSON operators can't extract a value with NUL or an unpaired surrogate, which a json column may store: they become
-- U+FFFD. JSON.stringify escapes only unpaired surrogates, so every escaped surrogate is one.
CREATE FUNCTION "readable_json"("value" json) RETURNS json LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN "value"::text LIKE '%\\u%' THEN regexp_replace("value"::text,
    '(?<!\\)((?:\\\\)*)\\u(0000|d[89a-f][0-9a-f]{2})', '\1' || chr(65533), 'gi')::json ELSE "value" END;

-- The reason of a message: numbers, ids and quoted values become #. Sentences in a JSON response stay, because they
-- distinguish reasons. Long messages are stored cut, where a cut falls depends on values: 160 characters are compared.
CREATE FUNCTION "failure_reason"("message" text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN left(regexp_replace(
    -- Values in other quotes, which a JSON text may contain, and JSON strings of several words. Most messages have none.
    CASE WHEN strpos("message", '"') > 0 OR strpos("message", '''') > 0 OR strpos("message", '`') > 0
      THEN regexp_replace(regexp_replace("message",
        '\\"[^"\\]*\\"|(?<![[:alnum:]])''[^''"]*''(?![[:alnum:]])|`[^`]*`', '#', 'g'),
        '([{\[,:]\s?)"([^"]*\s[^"]*)"', '\1\2', 'g')
      ELSE "message" END,
    '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|"[^"]*("|$)', '#', 'g'), 160);

-- A hash of code and reason; null unless the job failed, so other rows pay for a comparison only. The condition is
-- stored in the row because an index can be read alone only if it contains whole columns.
ALTER TABLE "job" ADD COLUMN "failure_key" BIGINT GENERATED ALWAYS AS (
  CASE WHEN "status" = 'failed' THEN hashtextextended(coalesce("readable_json"("error") ->> 'code', '') || chr(31)
    || "failure_reason"(left(coalesce("readable_json"("error") ->> 'message', 'unknown'), 300)), 0) END
) STORED;

-- What failed for good and nobody dealt with. Counts and groups are read from it alone.
CREATE INDEX "job_dead_idx" ON "job" ("organization_id", "failure_key", "id")
  INCLUDE ("finished_at", "type", "batch_id") WHERE "outcome" = 'failed' AND "discarded_at" IS NULL;
