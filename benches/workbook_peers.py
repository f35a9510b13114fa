#!/usr/bin/env python3
"""Writes the rows of the workbooks of `cargo bench --bench workbook` with XlsxWriter, openpyxl (write only) and pandas.

    pip install python-calamine XlsxWriter openpyxl pandas
    python3 benches/workbook_peers.py            # the workbooks that the bench has left in target/workbook
    python3 benches/workbook_peers.py FILE ...

Each writing is a process of its own. The rows are read first, with python-calamine, which is not counted: the CPU time is that of the
writing alone, the peak of memory what the process had at its end less what it had before it began to write.
"""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time


def rows_of(path):
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(path)
    sheets = [name for name in book.sheet_names if name.startswith("Coupons")]
    return [row for name in sheets for row in book.get_sheet_by_name(name).to_python()]


def with_xlsxwriter(rows, path):
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()


def with_openpyxl(rows, path):
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([None if value == "" else value for value in row])
    book.save(path)


def with_pandas(rows, path):
    import pandas

    pandas.DataFrame(rows).to_excel(path, index=False, header=False)


WAYS = {"XlsxWriter, constant memory": with_xlsxwriter, "openpyxl, write only": with_openpyxl, "pandas": with_pandas}


def one(way, path):
    rows = rows_of(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        WAYS[way](rows, f"{folder}/rows.xlsx")
        seconds = time.process_time() - began
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps([len(rows), seconds, more / 1024]))


def table(paths):
    print("| rows | way | CPU | more memory |")
    print("|---|---|---|---|")
    for path in paths:
        for way in WAYS:
            words = subprocess.run([sys.executable, __file__, "one", way, path], capture_output=True, check=True).stdout
            rows, seconds, more = json.loads(words)
            print(f"| {rows} | {way} | {seconds:.1f} s | {more:.0f} MB |")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["one", way, path]:
            one(way, path)
        case []:
            here = pathlib.Path(__file__).parent.parent / "target" / "workbook"
            table(sorted(str(path) for path in here.glob("*/coupons.xlsx")))
        case paths:
            table(paths)
