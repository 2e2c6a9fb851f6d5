\set r random(1, 2000000000)
WITH stored AS (
INSERT INTO report (client_id, channel, external_id, idempotency_key, body_sha256, category, description,
    address_text, x, y, crs, geom, accuracy_m, reported_at, received_at, photos, layer_id, release_number, method,
    area_path, distance_to_edge_m, candidates, reason_code, reason_values)
VALUES ((SELECT min(id) FROM api_client), '12345', 'bench-' || nextval('bench_row'), 'bench-' || currval('bench_row'), decode(md5(:r::text) || md5('x' || :r::text), 'hex'), '暴露垃圾',
    '新乡路与孟津路交叉口东北角有暴露垃圾，请尽快清理', NULL, 113.2934, 34.8021, 'WGS84',
    ST_SetSRID(ST_MakePoint(113.2934, 34.8021), 4326), 12.5, '2026-07-01T09:30:00+08:00', now(),
    ARRAY['https://photos.example/2026/07/1.jpg'], (SELECT min(id) FROM layer), 1, 'covered',
    ARRAY['410106', '410106001', '410106001001', '410106001001001'], 41.7, NULL,
    'inside', '{"level": {"code": "level/grid"}, "name": "香园街社区06号网格", "distance_m": 41.7}')
RETURNING id)
INSERT INTO reporter (report_id, name, phone, caller_hash)
SELECT id, '张三', '13800001234', '\x00112233445566778899aabbccddeeff'::bytea FROM stored;
