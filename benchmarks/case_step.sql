\set n random(1, 2000)
BEGIN;
SELECT id, version FROM case_record WHERE id = (SELECT case_id FROM bench_case WHERE place = :n) FOR UPDATE;
WITH moved AS (
    UPDATE case_record SET version = version + 1, changed_at = now(), state = 'acknowledged'
    WHERE id = (SELECT case_id FROM bench_case WHERE place = :n) RETURNING id, version)
INSERT INTO case_step (case_id, number, id, at, verb, came_from, led_to, actor_id, actor, unit_code, category_code, detail)
SELECT id, version, id * 10000 + version, clock_timestamp(), 'acknowledge', 'dispatched', 'acknowledged', 1, 'system', 'CG', 'E0101',
    '{"clocks": [{"clock": "acknowledge", "what": "stopped"}]}' FROM moved;
COMMIT;
