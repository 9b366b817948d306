-- Who put a plan in force, and when, is known of every one.
UPDATE plans SET published_at = coalesce(published_at, lower(valid), created_at),
                 published_by = coalesce(published_by, created_by)
    WHERE status IN ('published', 'retired') AND (published_at IS NULL OR published_by IS NULL);
ALTER TABLE plans
    ADD CONSTRAINT ck_plans_published_by_somebody
        CHECK (status IN ('draft', 'scheduled') OR published_at IS NOT NULL AND published_by IS NOT NULL),
    -- From its first instant until just before its successor's: none is of two plans, none of neither.
    ADD CONSTRAINT ck_plans_valid_half_open CHECK (lower_inc(valid) AND NOT upper_inc(valid));

-- An incident is located exactly if its place is known: else publications, which locate by the place, would pass it by.
ALTER TABLE incidents ADD CONSTRAINT ck_incidents_how_of_point
    CHECK ((how IS NOT NULL AND how <> 'invalid') = (point IS NOT NULL));

-- Grids and blocks: those taken out of a plan count as changes of it too, not only those put in.
CREATE OR REPLACE FUNCTION refuse_unless_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.plan_id]
        WHEN 'DELETE' THEN ARRAY[OLD.plan_id]
        ELSE ARRAY[OLD.plan_id, NEW.plan_id] END;
    found plans;
BEGIN
    FOR found IN SELECT * FROM plans WHERE id = ANY (touched) ORDER BY id FOR SHARE LOOP
        IF found.status <> 'draft' THEN
            RAISE EXCEPTION 'plan % is %, not a draft', found.id, found.status
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'plan_immutable';
        END IF;
    END LOOP;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- The plan itself: in force, it can only end; over, nothing of it changes; scheduled, it can go back to being a draft.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    life text[] := ARRAY['status', 'valid', 'published_at', 'published_by'];
    same boolean := to_jsonb(NEW) - life = to_jsonb(OLD) - life;
    same_start boolean := lower(NEW.valid) = lower(OLD.valid)
        AND (NEW.published_at, NEW.published_by) IS NOT DISTINCT FROM (OLD.published_at, OLD.published_by);
BEGIN
    IF same AND (CASE OLD.status
        WHEN 'scheduled' THEN NEW.status <> 'retired'
        WHEN 'published' THEN NEW.status IN ('published', 'retired') AND same_start
        ELSE NEW IS NOT DISTINCT FROM OLD END)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'plan % is %, not a draft', OLD.id, OLD.status
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'plan_immutable';
END $$;

CREATE TRIGGER plans_immutable BEFORE UPDATE ON plans
    FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION refuse_rewriting();

CREATE FUNCTION refuse_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is kept: it cannot be emptied', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'plan_immutable';
END $$;

CREATE TRIGGER plans_not_emptied BEFORE TRUNCATE ON plans EXECUTE FUNCTION refuse_emptying();
CREATE TRIGGER plan_grids_not_emptied BEFORE TRUNCATE ON plan_grids EXECUTE FUNCTION refuse_emptying();
CREATE TRIGGER blocks_not_emptied BEFORE TRUNCATE ON blocks EXECUTE FUNCTION refuse_emptying();

-- A plan is a community's: what is checked and published by community would pass by the plan of a street.
CREATE FUNCTION refuse_plan_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM regions WHERE code = NEW.community_code AND level <> 'community') THEN
        RAISE EXCEPTION 'region % is no community', NEW.community_code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_of_community';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER plans_of_community BEFORE INSERT OR UPDATE OF community_code ON plans
    FOR EACH ROW EXECUTE FUNCTION refuse_plan_elsewhere();

CREATE FUNCTION refuse_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM plans WHERE community_code = OLD.code) THEN
        RAISE EXCEPTION 'region % has plans: it remains a community', OLD.code
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_of_community';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER regions_with_plans BEFORE UPDATE OF level ON regions
    FOR EACH ROW WHEN (OLD.level = 'community' AND NEW.level <> 'community') EXECUTE FUNCTION refuse_level();

-- The epoch only grows: a number that comes again would let in what was located in other grids.
CREATE FUNCTION refuse_old_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.n > OLD.n THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the epoch of the plans only grows'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'plan_epoch_grows';
END $$;

CREATE TRIGGER plan_epoch_grows BEFORE UPDATE OR DELETE ON plan_epoch
    FOR EACH ROW EXECUTE FUNCTION refuse_old_epoch();
CREATE TRIGGER plan_epoch_kept BEFORE TRUNCATE ON plan_epoch EXECUTE FUNCTION refuse_old_epoch();
