-- At least one row in every table of the first schema (0001), as an office of that day would have had them.
INSERT INTO regions (code, name, level, kind, parent_code, geom) VALUES
    ('340881', '桐城市', 'city', 'city', NULL, ST_GeomFromText('POLYGON((116.9 31,117 31,117 31.1,116.9 31.1,116.9 31))', 4490)),
    ('340881001', '文昌街道', 'street', 'street', '340881', NULL),
    ('340881001001', '和平社区', 'community', 'community', '340881001', ST_GeomFromText('POLYGON((116.9 31,117 31,117 31.1,116.9 31.1,116.9 31))', 4490));
INSERT INTO buildings (building_id, community_code, kind, estate, households, residents, residents_basis, point, raw_x, raw_y, raw_datum)
    VALUES ('b1', '340881001001', 'residence', '和平小区', 40, 96, 'usual', ST_SetSRID(ST_Point(116.95, 31.05), 4490), 116.96, 31.06, 'bd09');
INSERT INTO addresses (kind, said, normalised, building_id, point)
    VALUES ('alias', '和平小区3栋', '和平小区3栋', 'b1', ST_SetSRID(ST_Point(116.95, 31.05), 4490));
INSERT INTO lines (class, name, geom) VALUES ('river', '龙眠河', ST_GeomFromText('LINESTRING(116.9 31,117 31.1)', 4490));
INSERT INTO plans (id, community_code, created_by) OVERRIDING SYSTEM VALUE VALUES (1, '340881001001', 'planner');
INSERT INTO plan_grids (plan_id, code, name, households, residents, residents_basis, geom)
    VALUES (1, '340881001001001', '第一网格', 400, 900, 'usual', ST_GeomFromText('POLYGON((116.9 31,117 31,117 31.1,116.9 31.1,116.9 31))', 4490));
INSERT INTO blocks (plan_id, block_id, grid_code, geom)
    SELECT plan_id, '1', code, geom FROM plan_grids;
UPDATE plan_epoch SET n = n + 1;
UPDATE plans SET status = 'published', valid = tstzrange('2026-01-01 00:00+08', NULL), published_by = 'planner';
INSERT INTO posts (kind, person, phone, grid_code) VALUES ('A', '张三', '13800000000', '340881001001001');
INSERT INTO posts (kind, person, community_code, line) VALUES ('B', '李四', '340881001001', '城市管理');
INSERT INTO party_units (code, kind, name, community_code) VALUES ('p1', 'branch', '和平社区党支部', '340881001001');
INSERT INTO departments (code, name) VALUES ('d1', '城市管理局');
INSERT INTO catalogue_items (code, kind, category, name, department_code, limit_h) VALUES ('0101', 'component', '公用设施', '上水井盖', 'd1', 4);
INSERT INTO incidents (id, source, source_id, kind, catalogue_code, place, point, grid_code, plan_id, how, reported_at)
    VALUES ('01900000-0000-7000-8000-000000000001', 'hotline', '1', 'component', '0101', '和平小区3栋',
            ST_SetSRID(ST_Point(116.95, 31.05), 4490), '340881001001001', 1, 'inside', '2026-03-01 08:00+08');
INSERT INTO import_pending (noun, key, reasons, row) VALUES ('buildings', 'b2', '["to-place"]', '{"名称": "东方花园"}');
