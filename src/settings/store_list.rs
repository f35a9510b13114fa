//! The list of stores: a CSV for teams with more stores than anybody wants to write into a config.
//!
//! A row a store, a column a key of `[[store]]`. Each row becomes what a `[[store]]` would have been, so that both are checked
//! by the same rules.

use std::path::Path;
use toml::Spanned;

use super::Problem;
use super::secret::SecretPlace;
use super::stores::Gathering;
use super::table::{Row, Shape, Table};
use super::typed::{Cells, Complaints, Digits, Places, TypedStore};
use crate::domain::Access;

/// The keys of `[[store]]`.
const COLUMNS: [&str; 35] = [
    "id",
    "platform",
    "endpoint",
    "currency",
    "time_zone",
    "access",
    "owner",
    "language",
    "region",
    "group",
    "tags",
    "proxy",
    "allow_http",
    "app_calls_per_second",
    "app_calls_per_day",
    "calls_per_second",
    "calls_at_once",
    "shop_id",
    "partner_id",
    "partner_key",
    "refresh_token",
    "app_key",
    "app_secret",
    "shop_cipher",
    "consent_link",
    "country",
    "seller_id",
    "access_token",
    "shop",
    "client_id",
    "client_secret",
    "consumer_key",
    "consumer_secret",
    "keys_in_query",
    "delete_permanently",
];
const NEEDED: [&str; 4] = ["id", "platform", "currency", "time_zone"];

/// Adds the stores of the file at `path` to those of the config. Rows with a mistake are left out and complained about.
pub(super) fn read(path: &Path, gathering: &mut Gathering, problems: &mut Vec<Problem>) {
    let shape = Shape {
        name: "the list of stores",
        key: "stores_file",
        columns: &COLUMNS,
        needed: &NEEDED,
        also: &[],
        has_own_columns: false,
    };
    let Some(table) = Table::read(path, &shape, problems) else { return };
    let before = problems.len();
    let lines = table.rows.iter().map(|row| row.line).collect();
    let cells = Cells { headers: &table.headers, lines };
    let mut complaints = Complaints { file: path, places: Places::Cells(&cells), problems };
    let mut typed = Vec::with_capacity(table.rows.len());
    for (number, row) in table.rows.iter().enumerate() {
        typed.extend(Line { number, row, cells: &cells, complaints: &mut complaints }.store());
    }
    if table.rows.is_empty() {
        complaints.near(0, "the list of stores has no row", "write a row for each store, or leave stores_file out");
    }
    gathering.add(typed, &mut complaints);
    // What is wrong with a cell was found before what is wrong with a store.
    if let Some(told_here) = problems.get_mut(before..) {
        told_here.sort_by_key(|problem| problem.line);
    }
}

struct Line<'a, 'b> {
    number: usize,
    row: &'a Row,
    cells: &'a Cells<'a>,
    complaints: &'a mut Complaints<'b>,
}

impl Line<'_, '_> {
    /// None where a cell that every store needs is empty or one cannot be read; all of them are complained about.
    fn store(&mut self) -> Option<TypedStore> {
        let needed = NEEDED.map(|column| self.needed(column));
        let access = self.access();
        let [app_calls_per_second, calls_per_second] =
            ["app_calls_per_second", "calls_per_second"].map(|column| self.count(column));
        let app_calls_per_day = self.count("app_calls_per_day");
        let calls_at_once = self.count("calls_at_once");
        let [shop_id, partner_id, app_key, seller_id] =
            ["shop_id", "partner_id", "app_key", "seller_id"].map(|column| self.digits(column));
        let [allow_http, keys_in_query, delete_permanently] =
            ["allow_http", "keys_in_query", "delete_permanently"].map(|column| self.flag(column));
        let [id, platform, currency, time_zone] = needed;
        Some(TypedStore {
            id: id?,
            platform: platform?,
            endpoint: self.text("endpoint"),
            currency: currency?,
            time_zone: time_zone?,
            access: access.ok()?,
            owner: self.word("owner"),
            language: self.text("language"),
            region: self.word("region"),
            group: self.word("group"),
            tags: self.tags(),
            proxy: self.secret("proxy"),
            allow_http: allow_http.ok()?,
            app_calls_per_second: app_calls_per_second.ok()?,
            app_calls_per_day: app_calls_per_day.ok()?,
            calls_per_second: calls_per_second.ok()?,
            calls_at_once: calls_at_once.ok()?,
            shop_id: shop_id.ok()?,
            partner_id: partner_id.ok()?,
            partner_key: self.secret("partner_key"),
            refresh_token: self.secret("refresh_token"),
            app_key: app_key.ok()?,
            app_secret: self.secret("app_secret"),
            shop_cipher: self.text("shop_cipher"),
            consent_link: self.text("consent_link"),
            country: self.text("country"),
            seller_id: seller_id.ok()?,
            access_token: self.secret("access_token"),
            shop: self.text("shop"),
            client_id: self.text("client_id"),
            client_secret: self.secret("client_secret"),
            consumer_key: self.secret("consumer_key"),
            consumer_secret: self.secret("consumer_secret"),
            keys_in_query: keys_in_query.ok()?,
            delete_permanently: delete_permanently.ok()?,
        })
    }

    /// The cell of a column, where there is one that is not empty.
    fn text(&self, column: &str) -> Option<Spanned<String>> {
        let place = self.cells.headers.iter().position(|header| header == column)?;
        let text = self.row.cells.get(place).filter(|text| !text.is_empty())?;
        let at = self.cells.place(self.number, place);
        Some(Spanned::new(at..at + 1, text.to_string()))
    }

    fn needed(&mut self, column: &str) -> Option<Spanned<String>> {
        let found = self.text(column);
        if found.is_none() {
            self.complaints.near(
                self.cells.place(self.number, 0),
                format!("{column} is empty"),
                "every store needs one",
            );
        }
        found
    }

    fn word(&self, column: &str) -> Option<String> {
        self.text(column).map(Spanned::into_inner)
    }

    fn tags(&self) -> Vec<String> {
        let written = self.word("tags").unwrap_or_default();
        written.split('|').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_string).collect()
    }

    // An office program shows a long id as 7.49E+18 and saves it so: its digits are gone, and no platform knows the rest.
    fn digits(&mut self, column: &str) -> Result<Option<Spanned<Digits>>, ()> {
        let read = |text: &str| (!text.to_uppercase().contains("E+")).then(|| Digits::Text(text.to_string()));
        self.parsed(column, read, "an office program shortened it: make the column text, then write the whole id")
    }

    fn secret(&self, column: &str) -> Option<Spanned<SecretPlace>> {
        self.text(column).map(|text| Spanned::new(text.span(), SecretPlace::of_cell(text.get_ref())))
    }

    fn access(&mut self) -> Result<Option<Access>, ()> {
        let read = |text: &str| match text.to_lowercase().replace([' ', '_'], "-").as_str() {
            "read-only" => Some(Access::ReadOnly),
            "read-write" => Some(Access::ReadWrite),
            _ => None,
        };
        Ok(self.parsed("access", read, "write read-write or read-only")?.map(Spanned::into_inner))
    }

    fn count<T: std::str::FromStr>(&mut self, column: &str) -> Result<Option<Spanned<T>>, ()> {
        self.parsed(column, |text| text.parse().ok(), "write a whole number")
    }

    // Office programs write TRUE and FALSE in their own language; these words are what most leave alone.
    fn flag(&mut self, column: &str) -> Result<bool, ()> {
        let read = |text: &str| match text.to_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        };
        Ok(self.parsed(column, read, "write true or false")?.is_some_and(Spanned::into_inner))
    }

    fn parsed<T>(
        &mut self,
        column: &str,
        read: impl Fn(&str) -> Option<T>,
        wanted: &str,
    ) -> Result<Option<Spanned<T>>, ()> {
        let Some(text) = self.text(column) else { return Ok(None) };
        match read(text.get_ref()) {
            Some(value) => Ok(Some(Spanned::new(text.span(), value))),
            None => {
                self.complaints.at(text.span().start, format!("{:?} cannot be read", text.get_ref()), wanted);
                Err(())
            }
        }
    }
}
