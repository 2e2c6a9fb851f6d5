"""What the application's role may do: read and add everywhere, change and delete where the schema lets anybody.

The role is the one that the database's setting `wangge.application_role` names (migrations/install/roles.sql sets it);
without it whoever connects owns everything, as in a trial. The rights follow from the schema itself: what a trigger
refuses to everybody (`refuse_change`) is not granted either, so that it stays refused whatever becomes of the trigger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ROLE: Final = text("""
SELECT rolname FROM pg_roles
WHERE rolname = current_setting('wangge.application_role', true) AND rolname <> current_user
""")
# Bits of pg_trigger.tgtype: 8 delete, 16 update. A trigger for some columns, or under a condition, refuses no change as
# such. Partitions are read and added to directly, and changed through their whole tables alone. What an extension
# brought, and what another role owns, is left as it is.
_MISSING: Final = text("""
SELECT format('REVOKE ALL ON TABLE %1$s FROM %2$I; GRANT %3$s ON TABLE %1$s TO %2$I', oid::regclass,
    CAST(:role AS text), concat_ws(', ', 'SELECT', CASE WHEN adds THEN 'INSERT' END,
        CASE WHEN changes THEN 'UPDATE' END, CASE WHEN deletes THEN 'DELETE' END))
FROM (
    SELECT c.oid, c.relname <> 'alembic_version' AS adds,
        c.relname <> 'alembic_version' AND NOT c.relispartition AND coalesce(refused & 16 = 0, true) AS changes,
        c.relname <> 'alembic_version' AND NOT c.relispartition AND coalesce(refused & 8 = 0, true) AS deletes
    FROM pg_class c LEFT JOIN LATERAL (
        SELECT bit_or(t.tgtype) AS refused FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = c.oid AND p.proname = 'refuse_change' AND t.tgqual IS NULL AND t.tgattr = ''
    ) refusals ON true
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
        AND pg_has_role(current_user, c.relowner, 'USAGE')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
) wanted
WHERE (true, adds, changes, deletes, false) IS DISTINCT FROM (
    has_table_privilege(:role, oid, 'SELECT'), has_table_privilege(:role, oid, 'INSERT'),
    has_table_privilege(:role, oid, 'UPDATE'), has_table_privilege(:role, oid, 'DELETE'),
    has_table_privilege(:role, oid, 'TRUNCATE'))
UNION ALL
SELECT format('GRANT USAGE, SELECT ON SEQUENCE %s TO %I', c.oid::regclass, CAST(:role AS text)) FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND pg_has_role(current_user, c.relowner, 'USAGE')
    AND CASE c.relkind WHEN 'S' THEN NOT has_sequence_privilege(:role, c.oid, 'USAGE') ELSE false END
""")


def grant_application(connection: Connection) -> None:
    """Give the application's role the rights that it lacks, where the database names such a role and the owner asks."""
    role = connection.execute(_ROLE).scalar()
    missing = [] if role is None else connection.execute(_MISSING, {"role": role}).scalars().all()
    if role is None or not missing:
        return
    quoted = connection.dialect.identifier_preparer.quote(role)
    for statement in (
        *missing,
        # Months of reports to come, which make_report_month makes as the owner.
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO {quoted}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {quoted}",
    ):
        connection.exec_driver_sql(statement)
