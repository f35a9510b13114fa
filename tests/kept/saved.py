"""The decisions of kept.rs, put into the exported workbook by openpyxl and saved by other programs: saved.py WORK HERE."""

import csv
import datetime
import io
import pathlib
import shutil
import subprocess
import sys

import openpyxl

work, here = map(pathlib.Path, sys.argv[1:])
HEADER_ROW = 3
# By row below the header, as in kept.rs.
DECISIONS = {
    0: {"Action": "keep", "Note": "=planned, not computed"},
    1: {"Action": "renew", "New end": datetime.datetime(2026, 12, 31)},
    2: {"Action": "restock", "Add stock": 20},
    3: {"Action": "adjust", "New min spend": 12.5},
    4: {"Action": "end"},
    5: {"Action": "renew", "New end": "2026-12-24 18:00"},
    7: {"Note": "梅 asks why"},
}


def filled_in():
    book = openpyxl.load_workbook(work / "exported.xlsx")
    sheet = book["Coupons"]
    columns = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    for row, cells in DECISIONS.items():
        for header, value in cells.items():
            cell = sheet.cell(row=HEADER_ROW + 1 + row, column=columns[header])
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    own = sheet.max_column + 1
    sheet.cell(row=HEADER_ROW, column=own).value = "My remark"
    sheet.cell(row=HEADER_ROW + 2, column=own).value = "ours"
    book.save(work / "filled.xlsx")
    shutil.copy(work / "filled.xlsx", here / "openpyxl.xlsx")


def filled_csv():
    rows = list(csv.reader(io.open(work / "exported.csv", encoding="utf-8-sig", newline="")))
    columns = {header: place for place, header in enumerate(rows[0])}
    for row, cells in DECISIONS.items():
        for header, value in cells.items():
            text = value.strftime("%Y-%m-%d") if isinstance(value, datetime.datetime) else str(value)
            rows[1 + row][columns[header]] = "'" + text if text.startswith("=") else text
    rows[0].append("My remark")
    for row in rows[1:]:
        row.append("")
    rows[2][-1] = "ours"
    for name, encoding, separator in [
        ("python.csv", "utf-8-sig", ","),
        ("python_semicolons.csv", "utf-8", ";"),
        ("python_tabs_utf16.csv", "utf-16", "\t"),
        ("python_gb18030.csv", "gb18030", ","),
    ]:
        with io.open(here / name, "w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=separator).writerows(rows)


def run(name, *words):
    if shutil.which(words[0]) is None:
        print(f"{words[0]} is not there: {name} stays as it is")
        return
    subprocess.run(words, check=True, cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def libreoffice():
    for ending in ["xlsx", "ods", "xls"]:
        out = work / "lo"
        run("libreoffice", "soffice", "--headless", "--convert-to", ending, "--outdir", str(out), "filled.xlsx")
        if (out / f"filled.{ending}").exists():
            shutil.copy(out / f"filled.{ending}", here / f"libreoffice.{ending}")


def gnumeric():
    for ending in ["xlsx", "ods", "xls"]:
        run("gnumeric", "ssconvert", "filled.xlsx", str(here / f"gnumeric.{ending}"))


def values_of():
    book = openpyxl.load_workbook(work / "filled.xlsx")
    return [(sheet.title, [[cell.value for cell in row] for row in sheet.iter_rows()]) for sheet in book]


def pandas():
    import pandas

    with pandas.ExcelWriter(here / "pandas.xlsx", engine="openpyxl") as writer:
        for name, table in pandas.read_excel(work / "filled.xlsx", sheet_name=None, header=None).items():
            table.to_excel(writer, sheet_name=name, header=False, index=False)


def xlsxwriter():
    import xlsxwriter

    book = xlsxwriter.Workbook(here / "xlsxwriter.xlsx", {"default_date_format": "yyyy-mm-dd hh:mm", "strings_to_formulas": False})
    for name, rows in values_of():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
    book.close()


def excelize():
    import excelize

    book = excelize.open_file(str(work / "filled.xlsx"))
    book.save_as(str(here / "excelize.xlsx"))


def aspose():
    from aspose.cells import SaveFormat, Workbook

    # Its .ods asks for fonts and stops half-way.
    for ending in ["xlsx", "xlsb", "xls"]:
        Workbook(str(work / "filled.xlsx")).save(str(here / f"aspose.{ending}"))


def spire():
    from spire.xls import FileFormat, Workbook

    # Its .ods stops half-way.
    for ending, kind in [("xlsx", FileFormat.Version2016), ("xlsb", FileFormat.Xlsb2010), ("xls", FileFormat.Version97to2003)]:
        book = Workbook()
        book.LoadFromFile(str(work / "filled.xlsx"))
        book.SaveToFile(str(here / f"spire.{ending}"), kind)
        book.Dispose()


filled_in()
filled_csv()
for program in [libreoffice, gnumeric, pandas, xlsxwriter, excelize, aspose, spire]:
    try:
        program()
    except Exception as error:  # One program that is missing or fails keeps no other from saving.
        print(f"{program.__name__}: {type(error).__name__}: {error}")
