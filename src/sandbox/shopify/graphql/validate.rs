//! A document held against the schema and laid flat: fragments opened, variables filled in, arguments read.

use async_graphql_parser::types::{
    BaseType, Directive, ExecutableDocument, Field, FieldDefinition, FragmentSpread, OperationDefinition,
    OperationType, Selection, SelectionSet, Type, VariableDefinition,
};
use async_graphql_parser::{Pos, Positioned};
use async_graphql_value::{ConstValue, Value as Literal};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

use super::input::{InputProblem, coerce};
use super::page;
use super::problem::Problem;
use super::schema::Schema;

/// Fragments within fragments can make a short document endless; no honest one has as many fields.
const FIELDS_MAX: usize = 20_000;

/// A field that is asked for.
#[derive(Debug, Default)]
pub(in crate::sandbox::shopify) struct SelectedField {
    /// The name in the answer.
    pub key: String,
    pub name: String,
    /// The named type, without lists and exclamation marks.
    pub type_name: String,
    pub arguments: Map<String, Value>,
    /// The object types on which it is asked for.
    pub on: BTreeSet<&'static str>,
    pub selected: Vec<SelectedField>,
    pub position: Pos,
}

/// The name of the root's first field, for the log and the faults.
pub(super) fn first_field(set: &SelectionSet, document: &ExecutableDocument) -> Option<String> {
    set.items.iter().find_map(|item| match &item.node {
        Selection::Field(field) => Some(field.node.name.node.to_string()),
        Selection::InlineFragment(fragment) => own_field(&fragment.node.selection_set.node),
        Selection::FragmentSpread(spread) => {
            own_field(&document.fragments.get(&spread.node.fragment_name.node)?.node.selection_set.node)
        }
    })
}

/// The first field that stands in the set itself.
fn own_field(set: &SelectionSet) -> Option<String> {
    set.items.iter().find_map(|item| match &item.node {
        Selection::Field(field) => Some(field.node.name.node.to_string()),
        _ => None,
    })
}

/// Everything that `operation` asks for, or all that is wrong with it.
pub(super) fn plan(
    operation: &OperationDefinition,
    name: Option<&str>,
    document: &ExecutableDocument,
    given: &Map<String, Value>,
) -> Result<Vec<SelectedField>, Vec<Problem>> {
    let (root, label) = match operation.ty {
        OperationType::Query => ("QueryRoot", "query"),
        OperationType::Mutation => ("Mutation", "mutation"),
        OperationType::Subscription => {
            return Err(vec![Problem::new("missingSchema", "Schema is not configured for subscriptions")]);
        }
    };
    let path = vec![name.map_or(label.to_string(), |name| format!("{label} {name}"))];
    let scope = Scope { type_name: root, on: BTreeSet::from([root]), path };
    let mut validator = Validator {
        schema: Schema::get(),
        document,
        declared: operation.variable_definitions.iter().map(|one| (one.node.name.node.as_str(), &one.node)).collect(),
        variables: Map::new(),
        used: BTreeSet::new(),
        open_fragments: Vec::new(),
        fields_left: FIELDS_MAX,
        problems: Vec::new(),
    };
    validator.check_declared(operation, &scope.path);
    // Values are only looked at where the document itself is sound, as it is there.
    if validator.problems.is_empty() {
        validator.read_variables(given);
    }
    if !validator.problems.is_empty() {
        return Err(validator.problems);
    }
    let selected = validator.selections(&operation.selection_set.node, &scope);
    validator.check_used(operation, name, &scope.path);
    let selected = validator.joined(selected, &scope.path);
    if validator.problems.is_empty() { Ok(selected) } else { Err(validator.problems) }
}

struct Validator<'d> {
    schema: &'static Schema,
    document: &'d ExecutableDocument,
    declared: BTreeMap<&'d str, &'d VariableDefinition>,
    /// By name; one that the client left out, and that has no default, is absent.
    variables: Map<String, Value>,
    used: BTreeSet<String>,
    open_fragments: Vec<&'d str>,
    fields_left: usize,
    problems: Vec<Problem>,
}

/// What a selection is made of.
struct Scope<'s> {
    type_name: &'s str,
    /// The object types that a value can be here.
    on: BTreeSet<&'static str>,
    /// The steps to it.
    path: Vec<String>,
}

impl Scope<'_> {
    fn path_and(&self, step: String) -> Vec<String> {
        [self.path.as_slice(), &[step]].concat()
    }
}

/// Where something is asked for: its place in the text, and the steps to it.
type Place<'p> = (Pos, &'p [String]);

impl<'d> Validator<'d> {
    fn complain(&mut self, code: &str, (at, path): Place, message: String, facts: &[(&str, &str)]) {
        let problem = Problem::new(code, message).at(at).within(path);
        self.problems.push(facts.iter().fold(problem, |problem, (name, fact)| problem.with(name, json!(fact))));
    }

    fn check_declared(&mut self, operation: &OperationDefinition, path: &[String]) {
        for variable in &operation.variable_definitions {
            let name = &variable.node.name.node;
            let type_name = named_type(&variable.node.var_type.node);
            if !self.schema.is_input(type_name) {
                let message = format!("{type_name} isn't a defined input type (on ${name})");
                let facts = [("typeName", type_name), ("variableName", name.as_str())];
                self.complain("variableRequiresValidType", (variable.pos, path), message, &facts);
            }
        }
    }

    fn read_variables(&mut self, given: &Map<String, Value>) {
        for (name, variable) in self.declared.clone() {
            let default = variable.default_value.as_ref().and_then(|value| value.node.clone().into_json().ok());
            let wanted = &variable.var_type.node;
            let Some(value) = given.get(name).cloned().or(default) else {
                if !wanted.nullable {
                    let mut problems = Vec::new();
                    coerce(&Value::Null, wanted, &[], &mut problems);
                    self.problems.push(invalid_variable(variable, &Value::Null, &problems));
                }
                continue;
            };
            let mut problems = Vec::new();
            let read = coerce(&value, wanted, &[], &mut problems);
            if !problems.is_empty() {
                self.problems.push(invalid_variable(variable, &value, &problems));
            }
            self.variables.insert(name.to_string(), read);
        }
    }

    fn check_used(&mut self, operation: &OperationDefinition, label: Option<&str>, path: &[String]) {
        let label = label.unwrap_or("anonymous query");
        for variable in &operation.variable_definitions {
            let name = variable.node.name.node.as_str();
            if !self.used.contains(name) {
                let message = format!("Variable ${name} is declared by {label} but not used");
                self.complain("variableNotUsed", (variable.pos, path), message, &[("variableName", name)]);
            }
        }
    }

    fn selections(&mut self, set: &'d SelectionSet, scope: &Scope) -> Vec<SelectedField> {
        let mut all = Vec::new();
        for item in &set.items {
            if self.is_left_out(item.node.directives()) {
                continue;
            }
            match &item.node {
                Selection::Field(field) => all.extend(self.field(field, scope)),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    let step = condition.map_or("...".to_string(), |on| format!("... on {on}"));
                    let condition = condition.unwrap_or(scope.type_name);
                    all.extend(self.fragment(&fragment.node.selection_set, condition, scope, (fragment.pos, step)));
                }
                Selection::FragmentSpread(spread) => all.extend(self.spread(spread, scope)),
            }
        }
        all
    }

    fn spread(&mut self, spread: &Positioned<FragmentSpread>, scope: &Scope) -> Vec<SelectedField> {
        let name = spread.node.fragment_name.node.as_str();
        let Some((known, fragment)) = self.document.fragments.get_key_value(name) else {
            let message = format!("Fragment {name} was used, but not defined");
            self.complain("useAndDefineFragment", (spread.pos, &scope.path), message, &[]);
            return Vec::new();
        };
        if self.open_fragments.contains(&name) {
            let message = format!("Fragment {name} contains an infinite loop");
            self.complain("infiniteLoop", (spread.pos, &scope.path), message, &[]);
            return Vec::new();
        }
        self.open_fragments.push(known);
        let condition = fragment.node.type_condition.node.on.node.as_str();
        let step = (spread.pos, format!("... {name}"));
        let selected = self.fragment(&fragment.node.selection_set, condition, scope, step);
        self.open_fragments.pop();
        selected
    }

    /// `outside` is what the fragment stands in, `at` its place there and the step to it.
    fn fragment(
        &mut self,
        set: &'d Positioned<SelectionSet>,
        condition: &str,
        outside: &Scope,
        (at, step): (Pos, String),
    ) -> Vec<SelectedField> {
        let possible = self.schema.possible(condition);
        let on: BTreeSet<&'static str> = possible.intersection(&outside.on).copied().collect();
        let scope = Scope { type_name: condition, on, path: outside.path_and(step) };
        if !scope.on.is_empty() {
            return self.selections(&set.node, &scope);
        }
        let (code, message) = if possible.is_empty() {
            ("undefinedType", format!("No such type {condition}, so it can't be a fragment condition"))
        } else {
            let around = outside.on.iter().copied().collect::<Vec<_>>().join(", ");
            ("cannotSpreadFragment", format!("Fragment on {condition} can't be spread inside {around}"))
        };
        self.complain(code, (at, &scope.path), message, &[("typeName", condition)]);
        Vec::new()
    }

    fn field(&mut self, field: &'d Positioned<Field>, scope: &Scope) -> Option<SelectedField> {
        self.fields_left = self.fields_left.checked_sub(1)?;
        if self.fields_left == 0 {
            self.problems.push(Problem::new("BAD_REQUEST", "The query is too large"));
        }
        let (position, field, type_name) = (field.pos, &field.node, scope.type_name);
        let (name, on) = (field.name.node.to_string(), scope.on.clone());
        let key = field.response_key().node.to_string();
        if name == "__typename" {
            return Some(SelectedField {
                key,
                name,
                type_name: "String".to_string(),
                on,
                position,
                ..Default::default()
            });
        }
        let path = scope.path_and(key.clone());
        let Some(definition) = self.schema.field(type_name, &name) else {
            let message = format!("Field '{name}' doesn't exist on type '{type_name}'");
            let facts = [("typeName", type_name), ("fieldName", &name)];
            self.complain("undefinedField", (position, &path), message, &facts);
            return None;
        };
        let answered = named_type(&definition.ty.node).to_string();
        let arguments = self.arguments(field, definition, type_name, (position, &path));
        let is_leaf = self.schema.is_leaf(&answered);
        if is_leaf != field.selection_set.node.items.is_empty() {
            let message = if is_leaf {
                format!("Selections can't be made on scalars (field '{name}' returns {answered} but has selections)")
            } else {
                format!(
                    "Field must have selections (field '{name}' returns {answered} but has no selections. \
                     Did you mean '{name} {{ ... }}'?)"
                )
            };
            self.complain("selectionMismatch", (position, &path), message, &[]);
            return None;
        }
        let inside = Scope { type_name: &answered, on: self.schema.possible(&answered), path };
        let selected = self.selections(&field.selection_set.node, &inside);
        Some(SelectedField { key, name, arguments, on, selected, position, type_name: answered })
    }

    fn arguments(
        &mut self,
        field: &Field,
        definition: &FieldDefinition,
        type_name: &str,
        (position, path): Place,
    ) -> Map<String, Value> {
        let name = field.name.node.as_str();
        let mut read = Map::new();
        for (argument, value) in &field.arguments {
            let known = definition.arguments.iter().find(|known| known.node.name.node == argument.node);
            let Some(known) = known else {
                let message = format!("Field '{name}' doesn't accept argument '{}'", argument.node);
                let facts = [("name", name), ("argumentName", argument.node.as_str())];
                self.complain("argumentNotAccepted", (argument.pos, path), message, &facts);
                continue;
            };
            let wanted = &known.node.ty.node;
            if let Literal::Variable(variable) = &value.node {
                self.check_variable_type(variable, wanted, known.node.default_value.is_some(), value.pos, path);
            }
            let Some(given) = self.value(&value.node, value.pos, path) else { continue };
            let mut problems = Vec::new();
            let coerced = coerce(&given, wanted, &[], &mut problems);
            if !problems.is_empty() && !matches!(value.node, Literal::Variable(_)) {
                let message = format!(
                    "Argument '{}' on Field '{name}' has an invalid value ({}). Expected type '{wanted}'.",
                    argument.node, value.node
                );
                let facts = [("typeName", "Field"), ("argumentName", argument.node.as_str())];
                self.complain("argumentLiteralsIncompatible", (position, path), message, &facts);
            }
            read.insert(argument.node.to_string(), coerced);
        }
        for known in definition.arguments.iter().map(|known| &known.node) {
            let argument = known.name.node.as_str();
            if read.contains_key(argument) {
                continue;
            }
            match known.default_value.as_ref().map(|default| default.node.clone().into_json()) {
                Some(Ok(default)) => drop(read.insert(argument.to_string(), default)),
                _ if known.ty.node.nullable => {}
                _ => {
                    let message = format!("Field '{name}' is missing required arguments: {argument}");
                    let facts =
                        [("className", "Field"), ("name", name), ("arguments", argument), ("typeName", type_name)];
                    self.complain("missingRequiredArguments", (position, path), message, &facts);
                }
            }
        }
        if named_type(&definition.ty.node).ends_with("Connection")
            && let Err(problem) = page::check(&read)
        {
            self.problems.push(problem.at(position).within(path.get(1..).unwrap_or_default()));
        }
        read
    }

    fn check_variable_type(&mut self, name: &str, wanted: &Type, has_default: bool, at: Pos, path: &[String]) {
        let Some(variable) = self.declared.get(name) else { return };
        let declared = &variable.var_type.node;
        let may_lack = variable.default_value.is_some() || has_default;
        if !fits(declared, wanted, may_lack) {
            let argument = path.last().map_or("", String::as_str);
            let message =
                format!("Type mismatch on variable ${name} and argument of {argument} ({declared} / {wanted})");
            let facts = [("variableName", name), ("typeName", &declared.to_string())];
            self.complain("variableMismatch", (at, path), message, &facts);
        }
    }

    /// A literal with its variables filled in; none where it is a variable that the client left out.
    fn value(&mut self, literal: &Literal, at: Pos, path: &[String]) -> Option<Value> {
        Some(match literal {
            Literal::Variable(name) => {
                self.used.insert(name.to_string());
                if !self.declared.contains_key(name.as_str()) {
                    let message = format!("Variable ${name} is used by {} but not declared", path.concat());
                    self.complain("variableNotDefined", (at, path), message, &[("variableName", name)]);
                }
                return self.variables.get(name.as_str()).cloned();
            }
            Literal::List(items) => items.iter().filter_map(|item| self.value(item, at, path)).collect(),
            Literal::Object(fields) => {
                let read = |(name, field): (&async_graphql_value::Name, &Literal)| {
                    Some((name.to_string(), self.value(field, at, path)?))
                };
                Value::Object(fields.iter().filter_map(read).collect())
            }
            plain => {
                plain.clone().into_const().and_then(|plain| ConstValue::into_json(plain).ok()).unwrap_or(Value::Null)
            }
        })
    }

    /// What is asked of the root twice under one name is served, and done, once.
    fn joined(&mut self, selected: Vec<SelectedField>, path: &[String]) -> Vec<SelectedField> {
        let mut joined: Vec<SelectedField> = Vec::new();
        for field in selected {
            match joined.iter_mut().find(|known| known.key == field.key) {
                Some(known) if known.name == field.name && known.arguments == field.arguments => {
                    known.selected.extend(field.selected);
                }
                Some(known) => {
                    let message =
                        format!("Field '{}' has a field conflict: {} or {}?", field.key, known.name, field.name);
                    self.complain("fieldConflict", (field.position, path), message, &[]);
                }
                None => joined.push(field),
            }
        }
        joined
    }

    /// By `@skip` or `@include`.
    fn is_left_out(&mut self, directives: &[Positioned<Directive>]) -> bool {
        let mut is_left_out = false;
        for directive in directives {
            let name = directive.node.name.node.as_str();
            let when = directive.node.get_argument("if").map(|value| value.node.clone());
            let when = when.and_then(|value| self.value(&value, directive.pos, &[]));
            is_left_out |=
                matches!((name, when), ("skip", Some(Value::Bool(true))) | ("include", Some(Value::Bool(false))));
        }
        is_left_out
    }
}

fn fits(declared: &Type, wanted: &Type, may_lack: bool) -> bool {
    let is_sure_enough = wanted.nullable || !declared.nullable || may_lack;
    is_sure_enough
        && match (&declared.base, &wanted.base) {
            (BaseType::Named(one), BaseType::Named(other)) => one == other,
            (BaseType::List(one), BaseType::List(other)) => fits(one, other, false),
            (BaseType::Named(_), BaseType::List(inner)) => fits(declared, inner, may_lack),
            (BaseType::List(_), BaseType::Named(_)) => false,
        }
}

fn invalid_variable(variable: &VariableDefinition, value: &Value, problems: &[InputProblem]) -> Problem {
    let name = &variable.name.node;
    let step = |step: &Value| step.as_str().map_or(step.to_string(), str::to_string);
    let listed: Vec<String> = problems
        .iter()
        .filter(|problem| !problem.path.is_empty())
        .map(|InputProblem { path, explanation }| {
            format!("{} ({explanation})", path.iter().map(step).collect::<Vec<_>>().join("."))
        })
        .collect();
    let places = if listed.is_empty() { String::new() } else { format!(" for {}", listed.join(", ")) };
    let message = format!("Variable ${name} of type {} was provided invalid value{places}", variable.var_type.node);
    let problems: Vec<Value> =
        problems.iter().map(|problem| json!({ "path": problem.path, "explanation": problem.explanation })).collect();
    // The place is that of the dollar sign, one before the name.
    let Pos { line, column } = variable.name.pos;
    Problem::new("INVALID_VARIABLE", message)
        .at(Pos { line, column: column.saturating_sub(1) })
        .with("value", value.clone())
        .with("problems", Value::Array(problems))
}

fn named_type(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named_type(inner),
    }
}
