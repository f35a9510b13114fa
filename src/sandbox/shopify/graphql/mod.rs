//! As much of GraphQL as an Admin API shows: a document is parsed by `async-graphql-parser`, held against the schema and laid
//! flat (`plan`), its values read as the types that the schema gives them (`input`), and laid over JSON values (`select`).
//!
//! Nothing here knows what a discount is. Every error is one of the codes that clients of the platform have recorded.

mod input;
mod page;
mod problem;
mod schema;
mod select;
mod validate;

use async_graphql_parser::parse_query;
use async_graphql_parser::types::{ExecutableDocument, OperationDefinition, OperationType};
use serde_json::{Map, Value};

use crate::sandbox::exchange::Request;

pub(super) use input::{instant, written};
pub(super) use page::{CURSOR, cursor};
pub(super) use problem::Problem;
pub(super) use select::select;
pub(super) use validate::SelectedField;

/// What a client asks for, checked and flat.
#[derive(Debug)]
pub(super) struct Operation {
    pub is_mutation: bool,
    /// The fields of the root, in the order written.
    pub selected: Vec<SelectedField>,
}

/// A request's body, before it is held against the schema.
pub(super) struct QueryRequest {
    pub query: String,
    variables: Map<String, Value>,
    operation_name: Option<String>,
}

impl QueryRequest {
    /// None where there is no query in the body.
    pub fn of(request: &Request) -> Option<Self> {
        let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("application/graphql") {
            let query = String::from_utf8(request.body.to_vec()).ok()?;
            return Some(Self { query, variables: Map::new(), operation_name: None });
        }
        let body = request.json_object()?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_string);
        // Some clients send the variables as a text that holds JSON.
        let variables = match body.get("variables") {
            Some(Value::Object(variables)) => variables.clone(),
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Map::new(),
        };
        let operation_name = text("operationName").filter(|name| !name.is_empty());
        Some(Self { query: text("query")?, variables, operation_name })
    }

    /// The name of the root's first field and whether it writes, without a look at the schema.
    pub fn first_field(&self) -> Option<(bool, Option<String>)> {
        let document = parse_query(&self.query).ok()?;
        let operation = chosen(&document, self.operation_name.as_deref()).ok()?;
        let name = validate::first_field(&operation.selection_set.node, &document);
        Some((operation.ty == OperationType::Mutation, name))
    }

    /// Holds everything against the schema; nothing is carried out before all of it is right.
    pub fn operation(&self) -> Result<Operation, Vec<Problem>> {
        let document = parse_query(&self.query).map_err(|error| {
            let mut problem = Problem::without_code(error.to_string());
            problem.locations.extend(error.positions().next());
            vec![problem]
        })?;
        let operation = chosen(&document, self.operation_name.as_deref()).map_err(|problem| vec![problem])?;
        let selected = validate::plan(operation, self.operation_name.as_deref(), &document, &self.variables)?;
        Ok(Operation { is_mutation: operation.ty == OperationType::Mutation, selected })
    }
}

fn chosen<'d>(document: &'d ExecutableDocument, name: Option<&str>) -> Result<&'d OperationDefinition, Problem> {
    let mut all = document.operations.iter();
    let found = match name {
        Some(name) => all.find(|(known, _)| known.is_some_and(|known| known == name)),
        None if all.len() == 1 => all.next(),
        None => return Err(Problem::without_code("An operation name is required".to_string())),
    };
    let unknown = || Problem::without_code(format!("No operation named {:?}", name.unwrap_or_default()));
    found.map(|(_, operation)| &operation.node).ok_or_else(unknown)
}
