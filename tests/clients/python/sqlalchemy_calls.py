"""What Superset does: SQLAlchemy with clickhouse-connect. Arguments: URL, database, workspace, contact, views."""

import sys
from importlib.metadata import version

import sqlalchemy as sa
from said import say

url, database, workspace, contact, *views = sys.argv[1:]
engine = sa.create_engine(url.replace("http://", "clickhousedb://default:@") + "/" + database)
LOOKUP = """SELECT title, actor, occurred_at, event_order
FROM contact_journey(workspace_id = :workspace, contact_id = :contact) ORDER BY event_order LIMIT 5"""


def rows(statement, **values):
    with engine.connect() as connection:
        return [list(row) for row in connection.execute(statement, values)]


def reflected(view):
    inspector = sa.inspect(engine)
    return [[column["name"], str(column["type"]), column.get("comment")] for column in inspector.get_columns(view)]


def grouped():
    leads = sa.Table("leads", sa.MetaData(), autoload_with=engine)
    count = sa.func.count().label("leads")
    query = sa.select(leads.c.origin, count).where(leads.c.workspace_id == workspace)
    return rows(query.group_by(leads.c.origin).order_by(leads.c.origin))


def inserted():
    kept = sa.MetaData()
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE OR REPLACE TABLE from_sqlalchemy (id UInt64, name String) ENGINE = Memory"))
        table = sa.Table("from_sqlalchemy", kept, autoload_with=engine)
        connection.execute(table.insert(), [{"id": n, "name": f"it's {n % 7}"} for n in range(100)])
        found = connection.execute(sa.text("SELECT count(), uniqExact(name) FROM from_sqlalchemy")).fetchall()
        connection.execute(sa.text("DROP TABLE from_sqlalchemy"))
    return [list(row) for row in found]


say("driver", lambda: f"{version('clickhouse-connect')} with SQLAlchemy {version('sqlalchemy')}")
say("schemas", lambda: sa.inspect(engine).get_schema_names())
say("tables", lambda: sa.inspect(engine).get_table_names())
for view in views:
    say(f"columns {view}", lambda view=view: reflected(view))
    say(f"view {view}", lambda view=view: {"rows": rows(sa.text(f"SELECT * FROM {view} ORDER BY ALL LIMIT 20"))})
say("bound lookup", lambda: {"rows": rows(sa.text(LOOKUP), workspace=workspace, contact=contact)})
say("grouped", grouped)
say("insert", inserted)
say("error", lambda: rows(sa.text("SELECT * FROM nothing_of_the_kind")))
