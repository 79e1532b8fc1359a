-- Written by hand.
-- Postgres lets every role call a new function. Only the product's role may erase people, which gets the right at each start.
REVOKE EXECUTE ON FUNCTION "audit_erase"(text, bigint, integer) FROM PUBLIC;
