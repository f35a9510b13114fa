#!/usr/bin/env bash
# Makes the workbooks of this folder anew: the same decisions in the same export, saved by every program that is there.
# Needs: soffice, ssconvert, python3 with openpyxl, pandas, xlsxwriter, excelize (and, where they can be had, aspose-cells-python and Spire.Xls),
# node with xlsx, exceljs and xlsx-populate. A program that is missing is told, and its files stay as they are.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

COUPONBOOK_KEPT="$work" cargo test --locked --test it -q -- --ignored writes_the_workbook_that_the_others_save
# Aspose is a .NET library, which else asks for ICU.
DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 python3 saved.py "$work" "$here"
cd "$work"
[ -d node_modules ] || npm install --no-save --no-audit --no-fund xlsx@0.18.5 exceljs@4.4.0 xlsx-populate@1.21.0
NODE_PATH="$work/node_modules" node "$here/saved.cjs" "$work" "$here"
