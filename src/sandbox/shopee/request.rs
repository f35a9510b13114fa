//! What a request says, read as the types that the documents give its parameters and fields.

use rust_decimal::Decimal;
use serde_json::Value;

use super::answer::{Refusal, wrong_parameters};
use super::shop::Voucher;
use crate::sandbox::exchange::Request;
use crate::sandbox::fields::decimal;

/// `page_no` and `page_size`, 1 and 20 where absent.
pub(super) fn page(request: &Request, size_max: u64, number_max: u64) -> Result<(u64, u64), Refusal> {
    let read = |name: &str, default: u64, max: u64| match request.present(name) {
        None => Ok(default),
        Some(text) => match text.parse::<u64>() {
            Ok(number) if (1..=max).contains(&number) => Ok(number),
            _ => Err(wrong_parameters(format!("{name} must be between 1 and {max}"))),
        },
    };
    Ok((read("page_no", 1, number_max)?, read("page_size", 20, size_max)?))
}

/// The fields of a body. `null` counts as absent.
pub(super) struct VoucherRequest<'a>(pub &'a Voucher);

impl<'a> VoucherRequest<'a> {
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn read<T>(
        &self,
        name: &str,
        wanted: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        let wrong = || wrong_parameters(format!("{name} is not {wanted}"));
        self.get(name).map(|value| read(value).ok_or_else(wrong)).transpose()
    }

    pub fn text(&self, name: &str) -> Result<&'a str, Refusal> {
        needed(self.read(name, "a string", Value::as_str)?, name)
    }

    pub fn whole(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.read(name, "an integer", Value::as_i64)
    }

    pub fn needed_whole(&self, name: &str) -> Result<i64, Refusal> {
        needed(self.whole(name)?, name)
    }

    pub fn amount(&self, name: &str) -> Result<Option<Decimal>, Refusal> {
        self.read(name, "a number", amount)
    }

    pub fn needed_amount(&self, name: &str) -> Result<Decimal, Refusal> {
        needed(self.amount(name)?, name)
    }

    pub fn wholes(&self, name: &str) -> Result<Option<Vec<i64>>, Refusal> {
        self.read(name, "a list of integers", |value| value.as_array()?.iter().map(Value::as_i64).collect())
    }

    pub fn one_of(&self, name: &str, allowed: &[i64]) -> Result<i64, Refusal> {
        let value = self.needed_whole(name)?;
        if allowed.contains(&value) { Ok(value) } else { Err(wrong_parameters(name)) }
    }
}

fn needed<T>(value: Option<T>, name: &str) -> Result<T, Refusal> {
    value.ok_or_else(|| wrong_parameters(format!("{name} is required")))
}

/// An amount, which is a JSON number here.
pub(super) fn amount(value: &Value) -> Option<Decimal> {
    decimal(&value.as_number()?.to_string())
}
