#!/usr/bin/env python3
"""Reads a couponbook archive with DuckDB or with Spark, without couponbook, and prints its counts.

    pip install duckdb        and then    python3 samples/read_archive.py archive
    pip install pyspark       and then    python3 samples/read_archive.py archive --engine spark   (needs Java 17)

Add --json for one JSON document. An archive in a bucket can be copied first (`aws s3 sync s3://BUCKET/PREFIX archive`), or read
where it lies: DuckDB takes `s3://…` once `INSTALL httpfs; LOAD httpfs;` and a secret are set, Spark takes `s3a://…` with
hadoop-aws on its class path. Everything below stays the same.

The tables, a Hive-partitioned folder each; a row is one fact:

    snapshots/date=…/export=…/coupons.parquet     a coupon as one export saw it
    snapshots/date=…/export=…/findings.parquet    a finding of one export, on a coupon or on a store
    snapshots/date=…/export=…/stores.parquet      a store of one export, and how its load went
    changes/date=…/run=…/changes.parquet          a row of a plan, and what became of it
    sign_offs/date=…/export=…/sign_offs.parquet   a signed item of a checklist

`date` is a day of the team's calendar, instants are UTC, decimals are decimals, ids are text. Where `results_of` is set, the
export holds the results of a run on that export: leave those out to count what the stores looked like. Exports of before
`results_of` existed (schema_version 1) have no such column: union_by_name fills it in as null, and so does Spark where it is given
the columns of the newest file. Counts are INT64; before schema_version 4 they were UINT64, which not every engine reads and none
merges with the other: given the newest file's columns, Spark reads both.
"""

import argparse
import json
import sys
from pathlib import Path

QUESTIONS = {
    "exports": "SELECT COUNT(DISTINCT export) FROM stores WHERE results_of IS NULL",
    "rounds_of_results": "SELECT COUNT(DISTINCT export) FROM stores WHERE results_of IS NOT NULL",
    "coupons": "SELECT COUNT(*) FROM coupons WHERE results_of IS NULL",
    "findings_by_week": """
        SELECT {week}, finding, COUNT(*) FROM findings WHERE results_of IS NULL GROUP BY 1, 2 ORDER BY 1, 2""",
    "changes_by_outcome": "SELECT outcome, COUNT(*) FROM changes GROUP BY 1 ORDER BY 1",
    "sign_offs": "SELECT COUNT(*) FROM sign_offs",
}

TABLES = {
    "coupons": ("snapshots", "coupons.parquet"),
    "findings": ("snapshots", "findings.parquet"),
    "stores": ("snapshots", "stores.parquet"),
    "changes": ("changes", "changes.parquet"),
    "sign_offs": ("sign_offs", "sign_offs.parquet"),
}

# What a table that no run or export has written yet would have.
EMPTY = {
    "coupons": "results_of VARCHAR, export VARCHAR",
    "findings": "results_of VARCHAR, finding VARCHAR, date DATE",
    "stores": "results_of VARCHAR, export VARCHAR",
    "changes": "outcome VARCHAR",
    "sign_offs": "item VARCHAR",
}


def with_duckdb(archive):
    import duckdb

    connection = duckdb.connect()
    for table, (top, file) in TABLES.items():
        if not is_there(archive, top, file):
            connection.execute(f"CREATE TABLE {table} ({EMPTY[table]})")
            continue
        pattern = f"{archive}/{top}/date=*/*/{file}".replace("'", "''")
        connection.execute(
            f"CREATE VIEW {table} AS SELECT * FROM "
            f"read_parquet('{pattern}', hive_partitioning = true, hive_types_autocast = true, union_by_name = true)"
        )
    week = "strftime(date, '%G-W%V')"
    return lambda question: connection.execute(question.format(week=week)).fetchall()


def with_spark(archive):
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    for table, (top, file) in TABLES.items():
        if not is_there(archive, top, file):
            schema = EMPTY[table].replace("VARCHAR", "STRING")
            spark.createDataFrame([], schema).createOrReplaceTempView(table)
            continue
        pattern = f"{archive}/{top}/date=*/*/{file}"
        (
            spark.read.schema(spark.read.parquet(newest(spark, archive, top, file)).schema)
            .option("basePath", f"{archive}/{top}")
            .parquet(pattern)
            .createOrReplaceTempView(table)
        )
    # Spark has no letter for the ISO year: the year of that week's Thursday.
    thursday = "date_add(date, 4 - (weekday(date) + 1))"
    week = f"concat(year({thursday}), '-W', lpad(weekofyear(date), 2, '0'))"
    return lambda question: [tuple(row) for row in spark.sql(question.format(week=week)).collect()]


def newest(spark, archive, top, file):
    if "://" not in archive:
        return str(max(Path(archive).glob(f"{top}/date=*/*/{file}")))
    files = spark.read.format("binaryFile").load(f"{archive}/{top}/date=*/*/{file}").select("path")
    return files.agg({"path": "max"}).collect()[0][0]


def is_there(archive, top, file):
    if "://" in archive:
        return True
    return any(Path(archive).glob(f"{top}/date=*/*/{file}"))


def counted(ask):
    answers = {}
    for name, question in QUESTIONS.items():
        rows = ask(question)
        if name == "findings_by_week":
            answers[name] = {}
            for week, code, count in rows:
                answers[name].setdefault(week, {})[code] = count
        elif name == "changes_by_outcome":
            answers[name] = dict(rows)
        else:
            answers[name] = rows[0][0]
    return answers


def printed(answers):
    for name, answer in answers.items():
        title = name.replace("_", " ")
        if not isinstance(answer, dict):
            print(f"{title:<20} {answer:>9}")
            continue
        print(title)
        for key, value in answer.items():
            if isinstance(value, dict):
                print(f"  {key}")
                for code, count in value.items():
                    print(f"    {code:<20} {count:>5}")
            else:
                print(f"  {key:<20} {value:>7}")


def main():
    parser = argparse.ArgumentParser(description="Counts of a couponbook archive, by another engine.")
    parser.add_argument("archive", help="the archive's folder")
    parser.add_argument("--engine", choices=["duckdb", "spark"], default="duckdb")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    arguments = parser.parse_args()
    archive = arguments.archive.rstrip("/")
    if "://" not in archive and not Path(archive).is_dir():
        sys.exit(f"{archive} is no folder: name the archive's folder")
    open_archive = with_duckdb if arguments.engine == "duckdb" else with_spark
    try:
        ask = open_archive(archive)
    except ModuleNotFoundError as missing:
        sys.exit(f"{missing.name} is not installed: pip install {missing.name}")
    answers = counted(ask)
    if arguments.json:
        print(json.dumps(answers, indent=2, sort_keys=True))
    else:
        printed(answers)


if __name__ == "__main__":
    main()
