#!/usr/bin/env bash
# Makes the samples anew: three workbooks, the config and the campaign plan from `couponbook demo`, and a small picture of every
# sheet in each language. Needs libreoffice-calc, poppler-utils, imagemagick and a Chinese font (fonts-noto-cjk).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
samples=$PWD/samples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --quiet --locked
couponbook=${CARGO_TARGET_DIR:-target}/debug/couponbook
"$couponbook" --quiet demo --dir "$work/demo"
morning=$(find "$work/demo/reports" -name '*m.xlsx' | sort | head -1)
filled_in=$(find "$work/demo/reports" -name '*filled-in.xlsx' | head -1)
results=$(find "$work/demo/reports" -name '*results.xlsx' | head -1)
cp "$morning" "$samples/workbook.xlsx"
cp "$filled_in" "$samples/workbook-filled-in.xlsx"
cp "$results" "$samples/workbook-results.xlsx"
cp "$work/demo/couponbook.toml" "$work/demo/campaigns.csv" "$samples/"

# The same shops on a fresh start, in the other language.
"$couponbook" --quiet demo --dir "$work/zh" --language zh-CN
chinese=$(find "$work/zh/reports" -name '*m.xlsx' | sort | head -1)
cp "$chinese" "$samples/workbook-zh-CN.xlsx"

# The first printed page of each sheet; the footer of a page names its sheet.
pictures() { # WORKBOOK LANGUAGE SHEET=NAME…
    local workbook=$1 language=$2 pdf pages page sheet name
    shift 2
    soffice -env:UserInstallation="file://$work/office" --headless --convert-to pdf --outdir "$work/$language" "$workbook" >/dev/null 2>&1
    pdf=$(find "$work/$language" -name '*.pdf' | head -1)
    pages=$(pdfinfo "$pdf" | awk '/^Pages:/ { print $2 }')
    for pair in "$@"; do
        sheet=${pair%%=*} name=${pair#*=}
        for page in $(seq "$pages"); do
            if pdftotext -f "$page" -l "$page" -layout "$pdf" - | tail -4 | grep -qE "(^|[[:space:]])$sheet([[:space:]]|\$)"; then
                pdftoppm -r 90 -f "$page" -l "$page" -singlefile -png "$pdf" "$work/$name"
                convert "$work/$name.png" -trim -bordercolor white -border 12 -resize '1000x>' -dither None -colors 48 -strip \
                    "$samples/$language-$name.png"
                break
            fi
        done
    done
}
pictures "$morning" en Summary=summary Checklist=checklist Coupons=coupons "By hand=by_hand" Coverage=coverage Stores=stores \
    Replies=replies Help=help
pictures "$chinese" zh-CN 汇总=summary 检查表=checklist 优惠券=coupons 手工处理=by_hand 覆盖=coverage 店铺=stores 快捷回复=replies 帮助=help
