#!/usr/bin/env python3
"""Asks DuckDB and pandas what `couponbook history --weeks N` asks, and shows that the answers are the same.

    pip install duckdb pandas pyarrow
    python3 benches/compare_history.py ARCHIVE            # with DuckDB and pandas
    couponbook history --weeks 52 --json > weeks.json
    python3 benches/compare_history.py ARCHIVE weeks.json # and with couponbook's own answer

The question: of every ISO week, how many findings of each kind did its exports of whole stores have in all, and what could
coupons still cost in each currency over all of them? An export of whole stores is one whose manifest names none that it follows.
"""

import datetime
import json
import pathlib
import sys
import time
from collections import defaultdict
from decimal import Decimal


def exports(archive):
    """Every snapshot of whole stores: its folder, and its ISO week."""
    for folder in sorted(pathlib.Path(archive).glob("snapshots/date=*/export=*")):
        if not (folder / "coupons.parquet").exists():
            continue
        manifest = json.loads((folder / "manifest.json").read_text())
        if manifest.get("follows") is None:
            year, week, _ = datetime.date.fromisoformat(folder.parent.name.removeprefix("date=")).isocalendar()
            yield folder, f"{year}-W{week:02}"


def with_duckdb(found):
    import duckdb

    weeks = {folder.name.removeprefix("export="): week for folder, week in found}
    findings, money = defaultdict(int), defaultdict(Decimal)
    paths = [str(folder / "findings.parquet") for folder, _ in found]
    query = "select export, finding, count(*) from read_parquet(?, hive_partitioning = true) group by all"
    for export, finding, count in duckdb.execute(query, [paths]).fetchall():
        findings[weeks[str(export)], finding] += count
    paths = [str(folder / "coupons.parquet") for folder, _ in found]
    query = """select export, money_at_risk_currency, sum(money_at_risk) from read_parquet(?, hive_partitioning = true)
               where money_at_risk is not null group by all"""
    for export, currency, amount in duckdb.execute(query, [paths]).fetchall():
        money[weeks[str(export)], currency] += amount
    return dict(findings), dict(money)


def with_pandas(found):
    import pandas

    findings, money = defaultdict(int), defaultdict(Decimal)
    for folder, week in found:
        table = pandas.read_parquet(folder / "findings.parquet", columns=["finding"])
        for finding, count in table["finding"].value_counts().items():
            findings[week, finding] += int(count)
        table = pandas.read_parquet(folder / "coupons.parquet", columns=["money_at_risk", "money_at_risk_currency"])
        for currency, amounts in table.dropna().groupby("money_at_risk_currency")["money_at_risk"]:
            money[week, currency] += sum(amounts, Decimal(0))
    return dict(findings), dict(money)


def of_couponbook(path):
    """Its averages times the exports of the week are the sums; its money is of the last export only, and not compared."""
    findings = {}
    for week in json.loads(pathlib.Path(path).read_text())["weeks"]:
        for finding, counted in week["findings"].items():
            findings[week["week"], finding] = round(counted["average"] * week["exports"])
    return findings


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    found = list(exports(sys.argv[1]))
    print(f"{len(found)} exports of whole stores in {len({week for _, week in found})} weeks")
    answers = {}
    for name, ask in (("DuckDB", with_duckdb), ("pandas", with_pandas)):
        began = time.perf_counter()
        try:
            answers[name] = ask(found)
        except ImportError as missing:
            print(f"{name}: skipped, {missing}")
            continue
        print(f"{name}: {time.perf_counter() - began:.2f} s, {sum(answers[name][0].values())} findings")
    told = list(answers.values())
    same = all(answer == told[0] for answer in told)
    if len(sys.argv) == 3 and told:
        weeks = of_couponbook(sys.argv[2])
        asked = {key: count for key, count in told[0][0].items() if key[0] in {week for week, _ in weeks}}
        same = same and weeks == asked
    print("the answers are the same" if same else "THE ANSWERS DIFFER")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
