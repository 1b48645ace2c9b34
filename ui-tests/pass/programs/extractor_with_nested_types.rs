//! An extractor with nested types.
use std::collections::BTreeMap;

use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;
use serde::{Deserialize, Serialize};

/// Extract the invoice from the text.
#[signature]
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Extract {
    /// the text as the scanner read it
    #[input]
    text: String,
    #[output]
    invoice: Invoice,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FieldType)]
struct Invoice {
    number: String,
    seller: Party,
    buyer: Option<Party>,
    lines: Vec<Line>,
    currency: Currency,
    /// taxes by their rate in percent
    taxes: BTreeMap<String, f64>,
    paid: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FieldType)]
struct Party {
    name: String,
    address: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FieldType)]
struct Line {
    what: String,
    count: u32,
    price: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FieldType)]
#[serde(rename_all = "UPPERCASE")]
enum Currency {
    #[default]
    Eur,
    Usd,
}

impl Invoice {
    fn total(&self) -> f64 {
        self.lines.iter().map(|line| f64::from(line.count) * line.price).sum()
    }
}

#[derive(Debug, thiserror::Error)]
enum ExtractError {
    #[error("there are no lines")]
    NoLines,
}

fn check(invoice: &Invoice) -> Result<f64, ExtractError> {
    if invoice.lines.is_empty() {
        return Err(ExtractError::NoLines);
    }
    Ok(invoice.total())
}

pipeline!(
    /// Reads an invoice and adds it up.
    #[with(rows = Extract)]
    fn Read(text: String) -> (Invoice, f64) {
        let invoice = ChainOfThought::<Extract> { text }.invoice;
        let total = check(&invoice)?;
        (invoice, total)
    }
);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reply = r#"[[ ## reasoning ## ]]
it says so

[[ ## invoice ## ]]
{"number": "7", "seller": {"name": "A", "address": "B"}, "buyer": null,
 "lines": [{"what": "bread", "count": 2, "price": 1.5}], "currency": "USD", "taxes": {"7": 0.2}, "paid": false}"#;
    let (invoice, total) = Read::new(Scripted::replies([reply])).call(ReadInput { text: "…".to_string() }).await?;
    assert_eq!(total, 3.0);
    assert_eq!(invoice.currency, Currency::Usd);
    assert_eq!(invoice.buyer, None);
    let empty = r#"[[ ## reasoning ## ]]
r

[[ ## invoice ## ]]
{"number": "7", "seller": {"name": "A", "address": "B"}, "lines": [], "currency": "EUR", "taxes": {}, "paid": true}"#;
    let error = Read::new(Scripted::replies([empty])).call(ReadInput { text: "…".to_string() }).await.unwrap_err();
    assert!(error.to_string().contains("there are no lines"), "{error}");
    Ok(())
}
