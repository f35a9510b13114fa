#!/usr/bin/env bash
# Makes the samples anew: four workbooks, the config and the campaign plan from `couponbook demo`, and a small picture of every
# sheet in each language. Needs libreoffice-calc, poppler-utils, imagemagick, a Chinese font (fonts-noto-cjk), a Thai one for the
# replies (fonts-tlwg-loma-otf) and one of Arial's widths (fonts-liberation).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
samples=$PWD/samples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The face of the Chinese workbooks comes with Windows; this one stands in for it.
cat >"$work/fonts.conf" <<'CONF'
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <alias binding="same"><family>Microsoft YaHei</family><prefer><family>Noto Sans CJK SC</family></prefer></alias>
</fontconfig>
CONF
export FONTCONFIG_FILE=$work/fonts.conf

cargo build --quiet --locked
couponbook=${CARGO_TARGET_DIR:-target}/debug/couponbook

demo() { # LANGUAGE: sets first, filled_in, results and second, the workbooks of one day
    "$couponbook" --quiet demo --dir "$work/$1" --language "$1" >"$work/$1.json" --json
    field() { sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}$/\1/p" "$work/$2.json"; }
    first=$(field workbook "$1") filled_in=$(field handed_back "$1") results=$(field results "$1")
    second=$(field workbook_after "$1")
}

# Each picture is the first printed page of a sheet, or the first of its pages that says TEXT; the last line of a page, its
# footer, names the sheet.
pictures() { # WORKBOOK LANGUAGE SHEET=NAME[=TEXT]…
    local workbook=$1 language=$2 folder pdf sheet name text page words
    shift 2
    folder=$(mktemp -d "$work/pages.XXXX")
    soffice -env:UserInstallation="file://$work/office" --headless --convert-to pdf --outdir "$folder" "$workbook" >/dev/null 2>&1
    pdf=$(find "$folder" -name '*.pdf')
    for wanted in "$@"; do
        IFS='=' read -r sheet name text <<<"$wanted"
        for page in $(seq "$(pdfinfo "$pdf" | awk '/^Pages:/ { print $2 }')"); do
            words=$(pdftotext -f "$page" -l "$page" -layout "$pdf" - | tr -d '\f' | sed '/^[[:space:]]*$/d')
            if tail -1 <<<"$words" | grep -qE "[[:space:]]$sheet[[:space:]]" && grep -q -- "$text" <<<"$words"; then
                pdftoppm -r 130 -f "$page" -l "$page" -singlefile -png "$pdf" "$folder/$name"
                # Without the footer, so that a short page makes a short picture.
                convert "$folder/$name.png" -gravity south -chop 0x80 +gravity -trim -bordercolor white -border 12 \
                    -resize '1280x>' +dither -colors 64 -strip \
                    -define png:compression-level=9 "$samples/$language-$name.png"
                continue 2
            fi
        done
        echo "no page of $sheet in $workbook" >&2
        exit 1
    done
}

rm -f "$samples"/*.png
demo en
cp "$first" "$samples/workbook.xlsx"
cp "$filled_in" "$samples/workbook-filled-in.xlsx"
cp "$results" "$samples/workbook-results.xlsx"
cp "$work/en/couponbook.toml" "$work/en/campaigns.csv" "$samples/"
pictures "$first" en Coupons=coupons "Coverage=coverage=Black Friday ·" Stores=stores Replies=replies Help=help
pictures "$second" en Summary=summary Checklist=checklist "By hand=by_hand"
pictures "$results" en Coupons=results

demo zh-CN
cp "$first" "$samples/workbook-zh-CN.xlsx"
pictures "$first" zh-CN 优惠券=coupons "覆盖=coverage=Black Friday ·" 店铺=stores 快捷回复=replies 帮助=help
pictures "$second" zh-CN 汇总=summary 检查表=checklist 手动处理=by_hand
pictures "$results" zh-CN 优惠券=results
