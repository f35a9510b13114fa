//! A written workbook, opened by another library and as plain XML.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, ExcelDateTime, Reader, Xlsx};

pub struct Opened {
    parts: BTreeMap<String, String>,
    sheets: Vec<(String, calamine::Range<Data>)>,
}

impl Opened {
    pub fn of(bytes: Vec<u8>) -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let mut parts = BTreeMap::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            let (name, mut text) = (file.name().unwrap().to_string(), String::new());
            file.read_to_string(&mut text).unwrap();
            parts.insert(name, text);
        }
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        Self { parts, sheets: book.worksheets() }
    }

    pub fn xml(&self, part: &str) -> String {
        self.parts[part].clone()
    }

    pub fn sheet_names(&self) -> Vec<&str> {
        self.sheets.iter().map(|(name, _)| name.as_str()).collect()
    }

    pub fn sheet_xml(&self, sheet: &str) -> String {
        let index = self.sheet_names().iter().position(|name| *name == sheet).unwrap();
        self.xml(&format!("xl/worksheets/sheet{}.xml", index + 1))
    }

    fn range(&self, sheet: &str) -> &calamine::Range<Data> {
        &self.sheets.iter().find(|(name, _)| name == sheet).unwrap().1
    }

    pub fn rows(&self, sheet: &str) -> Vec<Vec<Data>> {
        self.range(sheet).rows().map(<[Data]>::to_vec).collect()
    }

    /// `address` such as `C1`, columns A to Z.
    pub fn cell(&self, sheet: &str, address: &str) -> Data {
        let (column, row) = address.split_at(1);
        let place = (row.parse::<u32>().unwrap() - 1, u32::from(column.as_bytes()[0] - b'A'));
        self.range(sheet).get_value(place).cloned().unwrap_or(Data::Empty)
    }

    pub fn has_text(&self, sheet: &str, words: &str) -> bool {
        self.rows(sheet).iter().flatten().any(|cell| matches!(cell, Data::String(text) if text.starts_with(words)))
    }

    /// How wide the columns are that have a width of their own, by their place from zero; hidden ones have none.
    pub fn column_pixels(&self, sheet: &str) -> BTreeMap<usize, f64> {
        let mut columns = BTreeMap::new();
        for column in self.sheet_xml(sheet).split("<col ").skip(1) {
            let column = format!(" {}", column.split("/>").next().unwrap());
            let number = |name: &str| attribute(&column, &format!(" {name}")).parse::<f64>().unwrap();
            let pixels = if column.contains("hidden=\"1\"") { 0.0 } else { (number("width") * 7.0).round() };
            columns.extend((number("min") as usize..=number("max") as usize).map(|place| (place - 1, pixels)));
        }
        columns
    }

    pub fn coupon_headers(&self) -> Vec<String> {
        let range = self.range("Coupons");
        let width = range.end().unwrap().1;
        (0..=width).map(|column| range.get_value((2, column)).unwrap().to_string()).collect()
    }

    pub fn column_index(&self, header: &str) -> u32 {
        let found = self.coupon_headers().iter().position(|it| it == header);
        found.unwrap_or_else(|| panic!("no column {header}")) as u32
    }

    /// The cells of a column of Coupons, top to bottom.
    pub fn column(&self, header: &str) -> Vec<Data> {
        let column = self.column_index(header);
        let range = self.range("Coupons");
        let rows = 3..=range.end().unwrap().0;
        rows.map(|row| range.get_value((row, column)).cloned().unwrap_or(Data::Empty)).collect()
    }

    /// Where the coupon with `code` has its cell under `header`: row and column from 0.
    fn place_in(&self, code: &str, header: &str) -> (u32, u32) {
        let codes = self.column("Code");
        let row = codes.iter().position(|cell| *cell == Data::String(code.to_string()));
        (row.unwrap_or_else(|| panic!("no coupon {code}")) as u32 + 3, self.column_index(header))
    }

    pub fn cell_in(&self, code: &str, header: &str) -> Data {
        self.range("Coupons").get_value(self.place_in(code, header)).cloned().unwrap_or(Data::Empty)
    }

    /// The format of the cell, from the styles: its attributes as XML.
    pub fn format_in(&self, code: &str, header: &str) -> String {
        let (row, column) = self.place_in(code, header);
        let name = rust_xlsxwriter::utility::row_col_to_cell(row, column as u16);
        let sheet = self.sheet_xml("Coupons");
        let cell = sheet.split("<c ").find(|cell| cell.starts_with(&format!("r=\"{name}\""))).unwrap();
        let style: usize = attribute(cell, "s").parse().unwrap();
        let styles = self.xml("xl/styles.xml");
        let formats = styles.split("<cellXfs").nth(1).unwrap();
        formats.split("<xf ").nth(style + 1).unwrap().to_string()
    }

    /// What each cell of a sheet looks like, row by row: its format with the font, the fill and the border that it names.
    pub fn looks(&self, sheet: &str) -> Vec<Vec<String>> {
        let styles = self.xml("xl/styles.xml");
        let named = |all: &str, element: &str| -> Vec<String> {
            let all = styles.split(&format!("<{all} ")).nth(1).unwrap().split(&format!("</{all}>")).next().unwrap();
            all.split(&format!("<{element}")).skip(1).map(str::to_string).collect()
        };
        let (fonts, fills, borders) = (named("fonts", "font>"), named("fills", "fill>"), named("borders", "border"));
        // `<border>` is followed by parts of it that begin alike.
        let borders: Vec<&String> = borders.iter().filter(|it| !it.starts_with('s')).collect();
        let format = |xf: &String| {
            let part = |name: &str| attribute(xf, name).parse::<usize>().unwrap();
            let number = attribute(xf, "numFmtId");
            let code = styles.split("<numFmt ").find(|it| it.starts_with(&format!("numFmtId=\"{number}\"")));
            let aligned = xf.split_once('>').map_or("", |(_, inner)| inner);
            let (font, fill, border) = (&fonts[part("fontId")], &fills[part("fillId")], borders[part("borderId")]);
            let code = code.map_or(number, |code| attribute(code, "formatCode"));
            format!("{code} {font} {fill} {border} {aligned}")
        };
        let formats: Vec<String> = named("cellXfs", "xf ").iter().map(format).collect();
        let look = |cell: &str| match cell.split('>').next().unwrap().split_once(" s=\"") {
            Some((_, style)) => formats[style.split('"').next().unwrap().parse::<usize>().unwrap()].clone(),
            None => String::new(),
        };
        let sheet = self.sheet_xml(sheet);
        sheet.split("<row ").skip(1).map(|row| row.split("<c ").skip(1).map(look).collect()).collect()
    }

    pub fn number_format(&self, code: &str, header: &str) -> String {
        let id = attribute(&self.format_in(code, header), "numFmtId");
        let styles = self.xml("xl/styles.xml");
        let custom = styles.split("<numFmt ").find(|it| it.starts_with(&format!("numFmtId=\"{id}\"")));
        custom.map(|it| attribute(it, "formatCode").replace("&quot;", "\"")).unwrap_or_else(|| match id.as_str() {
            "3" => "#,##0".to_string(),
            other => other.to_string(),
        })
    }

    /// The colour of a plain fill.
    pub fn fill(&self, code: &str, header: &str) -> Option<String> {
        let id: usize = attribute(&self.format_in(code, header), "fillId").parse().unwrap();
        let styles = self.xml("xl/styles.xml");
        let fill = styles.split("<fill>").nth(id + 1).unwrap().to_string();
        fill.contains("solid").then(|| attribute(fill.split("<fgColor ").nth(1).unwrap(), "rgb"))
    }
}

pub fn attribute(xml: &str, name: &str) -> String {
    let after = xml.split(&format!("{name}=\"")).nth(1).unwrap_or_else(|| panic!("no {name} in {xml:.200}"));
    after.split('"').next().unwrap().to_string()
}

pub fn all_attributes(xml: &str, element: &str, name: &str) -> Vec<String> {
    xml.split(&format!("<{element} ")).skip(1).map(|it| attribute(&format!(" {it}"), name)).collect()
}

/// `2026-11-22 23:59:59`
pub fn as_text(serial: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = serial.to_ymd_hms_milli();
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}
