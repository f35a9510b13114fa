#!/usr/bin/env python3
"""Reads the workbooks of `cargo bench --bench read` with openpyxl (read only) and python-calamine.

    pip install openpyxl python-calamine
    python3 benches/read_peers.py            # the files that the bench has left in target/read
    python3 benches/read_peers.py FILE ...

Each reading is a process of its own: every cell of the Coupons sheets is asked for once and counted, and nothing is done with it.
CPU time and peak memory are those of the whole process, Python's own start included (0.02 s).
"""

import json
import pathlib
import resource
import statistics
import subprocess
import sys
import time

ROUNDS = 3


def openpyxl_cells(path):
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    sheets = [name for name in book.sheetnames if name.startswith("Coupons")]
    rows = (row for name in sheets for row in book[name].iter_rows(values_only=True))
    return sum(value is not None for row in rows for value in row)


def calamine_cells(path):
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(path)
    sheets = [name for name in book.sheet_names if name.startswith("Coupons")]
    rows = (row for name in sheets for row in book.get_sheet_by_name(name).iter_rows())
    return sum(value != "" for row in rows for value in row)


WAYS = {"openpyxl, read only": openpyxl_cells, "python-calamine": calamine_cells}


def one(way, path):
    cells = WAYS[way](path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([cells, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))


def table(paths):
    print("| file | way | filled cells | CPU, median | wall, median | peak memory |")
    print("|---|---|---|---|---|---|")
    for path in paths:
        for way in WAYS:
            runs = []
            for _ in range(ROUNDS):
                began = time.monotonic()
                words = subprocess.run([sys.executable, __file__, "one", way, path], capture_output=True, check=True).stdout
                runs.append((*json.loads(words), time.monotonic() - began))
            cells, cpu, peak, wall = (statistics.median(column) for column in zip(*runs))
            print(f"| {pathlib.Path(path).name} | {way} | {cells:,.0f} | {cpu:.2f} s | {wall:.2f} s | {peak:,.0f} MB |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(*sys.argv[2:])
    else:
        here = pathlib.Path(__file__).parent.parent / "target" / "read"
        table(sys.argv[1:] or sorted(str(path) for path in here.glob("*00000.xlsx")))
